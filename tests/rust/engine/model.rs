//! What a Login should do, written from the design and not from the code: one person's row of
//! numbers, no table, no store. Times are seconds.

/// One step of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// The browser begins another Login.
    Begin,
    /// The person with this proof opens the companion page.
    Scan(&'static str),
    /// The phone that scanned last confirms.
    Confirm,
    /// The phone that scanned last declines.
    Deny,
    /// The browser looks.
    Look,
    /// The browser gives up.
    Cancel,
    /// The browser fetches a code.
    Complete,
    /// The website redeems the newest code.
    Redeem(Attempt),
    /// Time passes.
    Tick(i64),
    /// The last step once more, with the same values.
    Again,
    /// The server is stopped and started.
    Restart,
}

/// How the website redeems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    Right,
    WrongVerifier,
    WrongClient,
}

/// What can be seen of a Login and of what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// What the one who acted was told.
    pub(super) told: String,
    pub(super) stage: &'static str,
    pub(super) version: i64,
    /// Who scanned.
    pub(super) subject: Option<String>,
    /// Whether there is a User.
    pub(super) has_user: bool,
    /// Whether the newest access token names somebody.
    pub(super) token_lives: bool,
}

/// The model.
#[derive(Debug, Default)]
pub(super) struct Model {
    now: i64,
    created: i64,
    deadline: i64,
    stage: &'static str,
    version: i64,
    subject: Option<&'static str>,
    has_user: bool,
    /// The codes by number: the one held by the website, the one that counts, and its end.
    held_code: Option<u32>,
    live_code: Option<u32>,
    code_deadline: i64,
    codes: u32,
    token_deadline: i64,
    pub(super) redeemed_times: u32,
}

impl Model {
    pub(super) fn step(&mut self, command: Command) -> Seen {
        let told = match command {
            Command::Begin => self.begin(),
            Command::Scan(subject) => self.scan(subject),
            Command::Confirm => self.confirm(),
            Command::Deny => self.deny(),
            Command::Look => self.look(),
            Command::Cancel => self.cancel(),
            Command::Complete => self.complete(),
            Command::Redeem(attempt) => self.redeem(attempt),
            Command::Tick(seconds) => {
                self.now += seconds;
                String::new()
            }
            Command::Again => unreachable!("unrolled before"),
            Command::Restart => String::new(),
        };
        Seen {
            told,
            stage: self.stage,
            version: self.version,
            subject: self.subject.map(str::to_owned),
            has_user: self.has_user,
            token_lives: self.now < self.token_deadline,
        }
    }

    fn go(&mut self, stage: &'static str) {
        self.stage = stage;
        self.version += 1;
    }

    fn is_live(&self) -> bool {
        ["pending", "scanned", "confirmed"].contains(&self.stage)
    }

    /// Whoever sees a lapsed Login ends it.
    fn settle(&mut self) {
        if self.is_live() && self.now >= self.deadline {
            self.go("expired");
        }
    }

    fn begin(&mut self) -> String {
        let now = self.now;
        let fresh =
            Self { now, created: now, deadline: now + 120, stage: "pending", version: 1, ..Self::default() };
        *self = fresh;
        "begun".to_owned()
    }

    fn scan(&mut self, subject: &'static str) -> String {
        self.settle();
        match self.stage {
            "pending" | "scanned" if self.subject.is_none_or(|first| first == subject) => {
                self.subject = Some(subject);
                self.deadline = self.deadline.max(self.created + 300);
                self.go("scanned");
                "scanned".to_owned()
            }
            "scanned" => {
                self.go("conflict");
                "ended conflict".to_owned()
            }
            other => format!("ended {other}"),
        }
    }

    fn confirm(&mut self) -> String {
        if self.subject.is_none() {
            return "nobody scanned".to_owned();
        }
        self.settle();
        match self.stage {
            "scanned" => {
                self.deadline += 60;
                self.has_user = true;
                self.go("confirmed");
                "confirmed".to_owned()
            }
            "confirmed" | "redeemed" => "confirmed".to_owned(),
            other => format!("ended {other}"),
        }
    }

    fn deny(&mut self) -> String {
        if self.subject.is_none() {
            return "nobody scanned".to_owned();
        }
        self.settle();
        match self.stage {
            "scanned" => {
                self.go("denied");
                "denied".to_owned()
            }
            "confirmed" | "denied" => self.stage.to_owned(),
            other => format!("ended {other}"),
        }
    }

    fn look(&mut self) -> String {
        self.settle();
        self.stage.to_owned()
    }

    fn cancel(&mut self) -> String {
        self.settle();
        if self.is_live() {
            self.go("cancelled");
        }
        self.stage.to_owned()
    }

    fn complete(&mut self) -> String {
        self.settle();
        if self.stage != "confirmed" {
            return format!("not confirmed but {}", self.stage);
        }
        self.codes += 1;
        self.held_code = Some(self.codes);
        self.live_code = self.held_code;
        self.code_deadline = self.now + 60;
        "code".to_owned()
    }

    fn redeem(&mut self, attempt: Attempt) -> String {
        let Some(held) = self.held_code else { return "no code".to_owned() };
        let counts = self.live_code == Some(held);
        let in_time = self.now < self.code_deadline && self.now < self.deadline;
        match self.stage {
            "confirmed" if counts && in_time && attempt == Attempt::Right => {
                self.redeemed_times += 1;
                self.token_deadline = self.now + 600;
                self.go("redeemed");
                return "redeemed".to_owned();
            }
            "confirmed" if counts && in_time => self.live_code = None,
            // Spent before: what came of it is taken back.
            "redeemed" if counts => self.token_deadline = self.now,
            _ => {}
        }
        "invalid".to_owned()
    }
}
