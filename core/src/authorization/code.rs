//! What an authorization is redeemed by: it says of itself that it is none of a Login's, so that it is not looked for
//! among them.

use crate::{Entropy, Secret};

/// Before the random part; a Login's code has no point in it. An authorization of before this mark has none either.
const MARK: &str = "az.";

/// A fresh code.
pub(super) fn new_code(entropy: &dyn Entropy) -> Secret {
    Secret::new(format!("{MARK}{}", Secret::generate(entropy).expose()))
}

/// Whether a code can only be an authorization's.
pub(crate) fn is_marked(code: &Secret) -> bool {
    code.expose().starts_with(MARK)
}
