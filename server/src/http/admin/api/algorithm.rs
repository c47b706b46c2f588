//! What is signed with, as the admin API says and takes it.

use poem_openapi::Enum;
use saoma_core::signing::Algorithm;

/// What id tokens and logout tokens are signed with.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "Algorithm")]
pub(super) enum AlgorithmName {
    /// RSA with SHA-256; every library knows it.
    #[oai(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256.
    #[oai(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[oai(rename = "EdDSA")]
    EdDsa,
}

impl From<Algorithm> for AlgorithmName {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::Rs256,
            Algorithm::Es256 => Self::Es256,
            Algorithm::EdDsa => Self::EdDsa,
        }
    }
}

impl From<AlgorithmName> for Algorithm {
    fn from(name: AlgorithmName) -> Self {
        match name {
            AlgorithmName::Rs256 => Self::Rs256,
            AlgorithmName::Es256 => Self::Es256,
            AlgorithmName::EdDsa => Self::EdDsa,
        }
    }
}
