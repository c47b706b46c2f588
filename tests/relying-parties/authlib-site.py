"""A website whose back end is Authlib in Flask: log in, come back, let the library renew the tokens, log out.

Owns the visitor's session, which holds only a mark: tokens are longer than a cookie may be. Refuses nothing by
itself; what the library refuses is shown.
"""

import os
from uuid import uuid4

from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, redirect, request, session, url_for

app = Flask(__name__)
app.secret_key = "of this test"
visits = {}


def keep(token, **_):
    """The library has renewed a visitor's tokens; the new id token is checked like the first, but has no nonce."""
    visit = visits[session["mark"]]
    visit.update(token=token, claims=oauth.saoma.parse_id_token(token, nonce=None))


oauth = OAuth(app)
oauth.register(
    "saoma",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=os.environ["SAOMA_URL"] + "/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile offline_access", "code_challenge_method": "S256"},
    update_token=keep,
)


def address(page):
    return url_for(page, _external=True)


@app.errorhandler(OAuthError)
def refused(error):
    return f"Refused: {error.error}"


@app.get("/")
def home():
    visit = visits.get(session.get("mark"), {})
    return f"Hello {visit['user']['name'] if 'user' in visit else 'stranger'}"


@app.get("/login")
def login():
    wishes = request.args.to_dict()  # a test's own
    return oauth.saoma.authorize_redirect(address("callback"), **wishes)


@app.get("/callback")
def callback():
    token = oauth.saoma.authorize_access_token()
    session["mark"] = str(uuid4())
    user = oauth.saoma.userinfo(token=token)
    visits[session["mark"]] = {"first": token, "token": token, "claims": token["userinfo"], "user": user}
    return redirect(address("home"))


@app.get("/renew/<which>")
def renew(which):
    """Uses the first tokens or the newest as if they had ended: the library fetches new ones before it asks."""
    token = visits[session["mark"]][which]
    return oauth.saoma.userinfo(token={**token, "expires_at": 1})


@app.get("/known")
def known():
    """What the website holds of its visitor."""
    visit = visits[session["mark"]]
    return {"claims": visit["claims"], **{name: visit["token"][name] for name in ("refresh_token", "scope")}}


@app.get("/logout")
def logout():
    token = visits.pop(session["mark"])["first"]
    return oauth.saoma.logout_redirect(address("bye"), id_token_hint=token["id_token"])


@app.get("/bye")
def bye():
    oauth.saoma.validate_logout_response()
    return "Bye"


app.run("127.0.0.1", int(os.environ["PORT"]))
