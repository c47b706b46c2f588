//! The two digits a page shows and a person sends back from the phone.
//!
//! It proves that the person looks at this page; one wrong answer ends the Login.

use crate::Entropy;

/// From `00` to `99`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(u8);

/// The text is not two digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number is two digits")]
pub struct InvalidNumber;

impl Number {
    /// A fresh one; each is equally likely.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        loop {
            let [byte] = entropy.bytes::<1>();
            if byte < 200 {
                return Self(byte % 100);
            }
        }
    }

    /// The one so many steps on, round and round.
    pub(super) fn plus(self, steps: u16) -> Self {
        let sum = (u16::from(self.0) + steps) % 100;
        Self(u8::try_from(sum).unwrap_or_default())
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl std::str::FromStr for Number {
    type Err = InvalidNumber;
    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let two_digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        two_digits.then(|| text.parse().ok().map(Self)).flatten().ok_or(InvalidNumber)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn numbers_are_two_digits_and_come_back() {
        let entropy: &dyn Entropy = &SeededEntropy::new(7);
        for _ in 0..500 {
            let number = Number::generate(entropy);
            assert_eq!(number.to_string().len(), 2);
            assert_eq!(number.to_string().parse(), Ok(number));
        }
    }

    #[test]
    fn nothing_else_is_a_number() {
        for text in ["", "7", "007", "+7", " 7", "7a", "１２"] {
            assert_eq!(text.parse::<Number>(), Err(InvalidNumber), "{text}");
        }
    }
}
