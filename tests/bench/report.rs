//! The report: what was measured, how, and beside which aim. Printed; figures are never asserted.

use saoma_tests::program;

/// Lines of `what · figure · note`.
pub struct Report;

impl Report {
    /// Prints how it is measured.
    pub fn begin() -> Self {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        println!(
            "Saoma bench: release binary, {cores} cores shared by driver, server, pretend WeChat, database."
        );
        println!("Rounds of different subjects alternate; a figure is the median of its rounds.\n");
        Self
    }

    /// One figure.
    pub fn line(&mut self, what: &str, figure: String, note: &str) {
        println!("{what:<44} {figure:<34} {note}");
    }

    /// Size of the binary.
    pub fn size(&mut self) {
        let bytes = std::fs::metadata(program::binary()).unwrap().len();
        self.line("binary size", format!("{:.1} MB", bytes as f64 / 1e6), "aim < 25 MB");
    }

    /// OP-18: a release has nobody who confirms by themselves.
    pub fn nobody_confirms_alone(&mut self) {
        let said = program::run(&["sandbox", "--self-confirming"], &std::env::temp_dir(), &[]);
        assert_eq!(said.code, Some(2), "a release knows --self-confirming: {}", said.stdout);
        self.line("sandbox --self-confirming (OP-18)", "not there".to_owned(), "must not be");
    }

    /// Prints the end.
    pub fn end(self) {
        println!("\ndone");
    }
}
