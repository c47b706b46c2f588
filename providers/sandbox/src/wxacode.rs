//! What a code image says: a line of text that the pretend phone reads back.
//! Real mini-program codes hold something opaque; this text is the sandbox's own and nobody else should parse it.

use serde::{Deserialize, Serialize};

const PREFIX: &str = "wxacode:";

/// Which version of the mini-program a code opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EnvVersion {
    #[default]
    Release,
    Trial,
    Develop,
}

impl EnvVersion {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "release" => Some(Self::Release),
            "trial" => Some(Self::Trial),
            "develop" => Some(Self::Develop),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Trial => "trial",
            Self::Develop => "develop",
        }
    }
}

/// One mini-program code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct WxaCode {
    pub(crate) appid: String,
    pub(crate) scene: String,
    /// Empty for the home page.
    pub(crate) page: String,
    pub(crate) env_version: EnvVersion,
}

impl WxaCode {
    pub(crate) fn text(&self) -> String {
        format!("{PREFIX}{}/{}/{}?{}", self.appid, self.env_version.name(), self.page, self.scene)
    }

    /// Reads the text back; a scene may hold any of its delimiters, the parts before it cannot.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (place, scene) = text.strip_prefix(PREFIX)?.split_once('?')?;
        let (appid, place) = place.split_once('/')?;
        let (env_version, page) = place.split_once('/')?;
        Some(Self {
            appid: appid.to_owned(),
            scene: scene.to_owned(),
            page: page.to_owned(),
            env_version: EnvVersion::parse(env_version)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_back_whatever_the_scene_holds() {
        for (page, scene) in [("", "a"), ("pages/login/index", "!#$&'()*+,/:;=?@-._~a?/b")] {
            let code = WxaCode {
                appid: "wx0123456789abcdef".to_owned(),
                scene: scene.to_owned(),
                page: page.to_owned(),
                env_version: EnvVersion::Trial,
            };
            assert_eq!(WxaCode::parse(&code.text()), Some(code));
        }
        assert_eq!(WxaCode::parse("https://example.org/?x"), None);
        assert_eq!(WxaCode::parse("wxacode:wx1/beta/p?s"), None);
    }
}
