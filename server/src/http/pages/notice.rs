//! The short pages: what happened, and what to do next. Their texts are in the locales, by key.

use poem::http::StatusCode;

/// What a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The front page.
    Home,
    /// Nothing at this address.
    NotFound,
    /// Not what this address takes.
    Refused,
    /// Not just now.
    Later,
    /// The person declined.
    Declined,
    /// The person declined and reported it.
    Reported,
    /// The person chose another number than the website's page shows.
    WrongNumber,
    /// The person took a login back.
    Disowned,
    /// The Login is over.
    Over,
    /// The website has been answered already.
    AnsweredBefore,
    /// A website asked and nobody logged in in time.
    RequestOver,
    /// The vendor showed a preview and named nobody.
    Preview,
    /// Somebody else scanned.
    OtherPerson,
    /// This browser could not show who it is.
    Unproven,
    /// An admin's rehearsal is done.
    Rehearsed,
    /// The Login was begun in another browser.
    OtherBrowser,
    /// A website asks and we do not know it.
    UnknownClient,
    /// A website wants to be answered at an address that is not registered.
    RedirectUri,
    /// A website's request says something twice, or in bytes that are no text.
    Ambiguous,
    /// A website must send its requests before, and did not.
    NotPushed,
    /// Nobody is logged in here any more.
    LoggedOut,
    /// Somebody chose to stay logged in.
    StillHere,
    /// A way to log in was removed, and its person logged out everywhere.
    WayRemoved,
    /// An account is gone.
    AccountDeleted,
    /// A website's wish to log somebody out does not fit what is registered.
    LogoutRefused,
    /// A device may go on.
    DeviceDone,
    /// A device may not.
    DeviceDenied,
}

impl Notice {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Self; 27] = [
        Self::Home,
        Self::NotFound,
        Self::Refused,
        Self::Later,
        Self::Declined,
        Self::Reported,
        Self::WrongNumber,
        Self::Disowned,
        Self::Over,
        Self::AnsweredBefore,
        Self::RequestOver,
        Self::Preview,
        Self::OtherPerson,
        Self::Unproven,
        Self::Rehearsed,
        Self::OtherBrowser,
        Self::UnknownClient,
        Self::RedirectUri,
        Self::Ambiguous,
        Self::NotPushed,
        Self::LoggedOut,
        Self::StillHere,
        Self::WayRemoved,
        Self::AccountDeleted,
        Self::LogoutRefused,
        Self::DeviceDone,
        Self::DeviceDenied,
    ];

    /// Its texts' key.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Later => "later",
            Self::Declined => "declined",
            Self::Reported => "reported",
            Self::WrongNumber => "wrong_number",
            Self::Disowned => "disowned",
            Self::Over => "over",
            Self::AnsweredBefore => "answered_before",
            Self::RequestOver => "request_over",
            Self::Preview => "preview",
            Self::OtherPerson => "other_person",
            Self::Unproven => "unproven",
            Self::Rehearsed => "rehearsed",
            Self::OtherBrowser => "other_browser",
            Self::UnknownClient => "unknown_client",
            Self::RedirectUri => "redirect_uri",
            Self::Ambiguous => "request_ambiguous",
            Self::NotPushed => "not_pushed",
            Self::LoggedOut => "logged_out",
            Self::StillHere => "still_here",
            Self::WayRemoved => "way_removed",
            Self::AccountDeleted => "account_deleted",
            Self::LogoutRefused => "logout_refused",
            Self::DeviceDone => "device_done",
            Self::DeviceDenied => "device_denied",
        }
    }

    /// Its sign, by which one sees how it went before one reads: `done`, `no`, `over`, `heed` or `home`.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Rehearsed
            | Self::Disowned
            | Self::LoggedOut
            | Self::StillHere
            | Self::DeviceDone
            | Self::WayRemoved
            | Self::AccountDeleted => "done",
            Self::Declined | Self::Reported | Self::WrongNumber | Self::DeviceDenied => "no",
            Self::NotFound | Self::Over | Self::AnsweredBefore | Self::RequestOver => "over",
            Self::Refused
            | Self::Later
            | Self::Preview
            | Self::OtherPerson
            | Self::OtherBrowser
            | Self::UnknownClient
            | Self::RedirectUri
            | Self::Ambiguous
            | Self::NotPushed
            | Self::LogoutRefused
            | Self::Unproven => "heed",
        }
    }

    /// What a status says by itself.
    pub(super) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Self::NotFound,
            StatusCode::TOO_MANY_REQUESTS => Self::Later,
            status if status.is_server_error() => Self::Later,
            _ => Self::Refused,
        }
    }
}
