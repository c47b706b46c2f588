//! A passkey in software: ES256, attestation "none", as a browser and its authenticator answer together.
//! It does as it is told, also what no honest one does.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// See the module.
pub struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    handle: Vec<u8>,
    /// The origin that the browser tells.
    pub origin: String,
    /// How often it was used, as it says; it counts on by itself.
    pub counter: u32,
    /// Whether it checks who uses it.
    pub verifies: bool,
    /// Whether it says whose it is.
    pub names_holder: bool,
}

fn decoded(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

/// CBOR (RFC 8949 section 3): a head of this kind, for lengths of our sizes.
fn head(kind: u8, length: usize) -> Vec<u8> {
    let kind = kind << 5;
    match length {
        0..24 => vec![kind | u8::try_from(length).unwrap()],
        24..256 => vec![kind | 24, u8::try_from(length).unwrap()],
        _ => [vec![kind | 25], u16::try_from(length).unwrap().to_be_bytes().to_vec()].concat(),
    }
}

fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len()), value.to_vec()].concat()
}

fn text(value: &str) -> Vec<u8> {
    [head(3, value.len()), value.as_bytes().to_vec()].concat()
}

impl Authenticator {
    /// A fresh one in a browser at this origin.
    pub fn new(origin: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = Sha256::digest(key.public_key().as_ref()).to_vec();
        let origin = origin.to_owned();
        Self { key, id, handle: Vec::new(), origin, counter: 0, verifies: true, names_holder: true }
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> String {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn data(&mut self, rp_id: &Value, more: u8) -> Vec<u8> {
        self.counter += 1;
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let hash = Sha256::digest(rp_id.as_str().unwrap()).to_vec();
        [hash, vec![USER_PRESENT | verified | more], self.counter.to_be_bytes().to_vec()].concat()
    }

    /// The public key as COSE has it (RFC 9053 section 7.1.1): kty 2, alg -7, crv 1, x, y.
    fn cose(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        [vec![0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21], bytes(x), vec![0x22], bytes(y)].concat()
    }

    /// Makes the passkey that `options` ask for.
    pub fn create(&mut self, options: &Value) -> String {
        let options = &options["publicKey"];
        self.handle = decoded(&options["user"]["id"]);
        let client = self.client_data("webauthn.create", &options["challenge"]);
        let mut data = self.data(&options["rp"]["id"], HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose());
        let attestation = [
            vec![0xa3],
            text("fmt"),
            text("none"),
            text("attStmt"),
            vec![0xa0],
            text("authData"),
            bytes(&data),
        ];
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": {
                "attestationObject": URL_SAFE_NO_PAD.encode(attestation.concat()),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            },
        })
        .to_string()
    }

    /// Answers with it, whether it was asked for or not.
    pub fn answer(&mut self, options: &Value) -> String {
        let options = &options["publicKey"];
        let client = self.client_data("webauthn.get", &options["challenge"]);
        let data = self.data(&options["rpId"], 0);
        let signed = [data.clone(), Sha256::digest(&client).to_vec()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        let handle = self.names_holder.then(|| URL_SAFE_NO_PAD.encode(&self.handle));
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": {
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "signature": URL_SAFE_NO_PAD.encode(signature),
                "userHandle": handle,
            },
        })
        .to_string()
    }
}
