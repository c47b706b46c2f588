//! A website in Rust, made with the crate `openidconnect`: what it reads of us it must understand, and its
//! own checks of id tokens, hashes and people must find us right.

use super::open_now;
use openidconnect::core::{
    CoreClient, CoreIdTokenClaims, CoreResponseType, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, LogoutRequest,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse as _,
};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, REDIRECT_URI};
use saoma_tests::relying_party::{SiteBrowser, answered, location};
use url::Url;

/// The library's client, with the addresses that discovery always gives.
type Library = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A website that has read our discovery document.
struct RustSite {
    http: reqwest::Client,
    metadata: ProviderMetadataWithLogout,
    library: Library,
}

/// What the website keeps in its visitor's session until the answer comes.
struct Asked {
    address: Url,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// The library's requests by the HTTP client that is in the house anyway.
async fn send(http: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let response = http.execute(request.try_into()?).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut answer = HttpResponse::new(response.bytes().await?.to_vec());
    (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
    Ok(answer)
}

impl RustSite {
    async fn discover(house: &House) -> Self {
        let http = house.visitor().http;
        let issuer = IssuerUrl::new(house.saoma.clone()).unwrap();
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &|request| send(&http, request))
            .await
            .unwrap();
        let (id, secret) = (ClientId::new(CLIENT.into()), ClientSecret::new(CLIENT_SECRET.into()));
        let library = CoreClient::from_provider_metadata(metadata.clone(), id, Some(secret))
            .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.into()).unwrap());
        Self { http, metadata, library }
    }

    fn ask(&self, scopes: &[&str]) -> Asked {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = self.library.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let scopes = scopes.iter().map(|scope| Scope::new((*scope).to_owned()));
        let (address, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        Asked { address, state, nonce, verifier }
    }

    async fn redeem(&self, code: String, verifier: PkceCodeVerifier) -> CoreTokenResponse {
        let request =
            self.library.exchange_code(AuthorizationCode::new(code)).unwrap().set_pkce_verifier(verifier);
        request.request_async(&|request| send(&self.http, request)).await.unwrap()
    }

    async fn refresh(&self, tokens: &CoreTokenResponse) -> CoreTokenResponse {
        let request = self.library.exchange_refresh_token(tokens.refresh_token().unwrap()).unwrap();
        request.request_async(&|request| send(&self.http, request)).await.unwrap()
    }

    async fn user(&self, tokens: &CoreTokenResponse, claims: &CoreIdTokenClaims) -> CoreUserInfoClaims {
        let subject = Some(claims.subject().clone());
        let request = self.library.user_info(tokens.access_token().clone(), subject).unwrap();
        request.request_async(&|request| send(&self.http, request)).await.unwrap()
    }

    /// The id token's claims, once the library finds it right, and its hash that of the access token.
    fn checked(&self, tokens: &CoreTokenResponse, nonce: &Nonce) -> CoreIdTokenClaims {
        let (token, verifier) = (tokens.id_token().unwrap(), self.library.id_token_verifier());
        let claims = token.claims(&verifier, nonce).unwrap();
        if let Some(expected) = claims.access_token_hash() {
            let (algorithm, key) = (token.signing_alg().unwrap(), token.signing_key(&verifier).unwrap());
            let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).unwrap();
            assert_eq!(&found, expected);
        }
        claims.clone()
    }

    fn logout(&self, tokens: &CoreTokenResponse) -> Url {
        let endpoint = self.metadata.additional_metadata().end_session_endpoint.clone().unwrap();
        let back = PostLogoutRedirectUrl::new("http://localhost:9/bye".into()).unwrap();
        LogoutRequest::from(endpoint)
            .set_id_token_hint(tokens.id_token().unwrap())
            .set_post_logout_redirect_uri(back)
            .set_state(CsrfToken::new("bye-state".into()))
            .http_get_url()
    }
}

every_database! {
    async fn a_site_in_rust_logs_somebody_in_asks_who_they_are_and_logs_them_out(db: &Database) {
        let house = open_now(db).await;
        let site = RustSite::discover(&house).await;
        let asked = site.ask(&["profile", "offline_access"]);
        let mut browser = SiteBrowser::new(&house);
        let page = location(&browser.get(asked.address.as_str()).await);
        browser.confirm_at(&page, "ann").await;
        assert_eq!(location(&browser.consent(&page, "allow").await), page);
        let answer = answered(&browser.get(&page).await);
        assert_eq!((&answer["state"], &answer["iss"]), (asked.state.secret(), &house.saoma));

        let tokens = site.redeem(answer["code"].clone(), asked.verifier).await;
        let claims = site.checked(&tokens, &asked.nonce);
        let user = site.user(&tokens, &claims).await;
        assert_eq!(user.subject(), claims.subject());
        assert!(user.name().and_then(|name| name.get(None)).is_some_and(|name| !name.is_empty()));

        let next = site.refresh(&tokens).await;
        assert_ne!(next.refresh_token().unwrap().secret(), tokens.refresh_token().unwrap().secret());
        // A refreshed id token has no nonce (OpenID Connect Core 12.2).
        let renewed = next.id_token().unwrap().claims(&site.library.id_token_verifier(), |_: Option<&Nonce>| Ok(())).unwrap();
        assert_eq!(renewed.subject(), claims.subject());
        assert_eq!(site.user(&next, &claims).await.subject(), claims.subject());

        let bye = location(&browser.get(site.logout(&next).as_str()).await);
        assert_eq!(bye, "http://localhost:9/bye?state=bye-state");
        let again = location(&browser.get(site.ask(&["profile"]).address.as_str()).await);
        assert!(again.starts_with("/login/azr_"), "whoever is logged out is asked again: {again}");
        house.close().await;
    }

    /// What the library must refuse, it refuses: an id token of another request, and a code without its proof.
    async fn a_site_in_rust_takes_nothing_of_another_request(db: &Database) {
        let house = open_now(db).await;
        let site = RustSite::discover(&house).await;
        let mut browser = SiteBrowser::new(&house);
        let (asked, other) = (site.ask(&["profile"]), site.ask(&["profile"]));
        let page = location(&browser.get(asked.address.as_str()).await);
        browser.confirm_at(&page, "ann").await;
        let code = answered(&browser.get(&page).await)["code"].clone();
        let request = site.library.exchange_code(AuthorizationCode::new(code)).unwrap();
        let refused = request.set_pkce_verifier(other.verifier).request_async(&|request| send(&site.http, request)).await;
        assert!(refused.unwrap_err().to_string().contains("Server returned error response"));
        // Logged in here, and asked by this website before: the second request is answered at once.
        let again = site.ask(&["profile"]);
        let code = answered(&browser.get(again.address.as_str()).await)["code"].clone();
        let tokens = site.redeem(code, again.verifier).await;
        site.checked(&tokens, &again.nonce);
        let mixed_up = tokens.id_token().unwrap().claims(&site.library.id_token_verifier(), &asked.nonce);
        assert!(mixed_up.unwrap_err().to_string().contains("nonce"));
        house.close().await;
    }
}
