//! What the system has besides plain files: devices, pipes, links, folders, limits; and runs that are killed as they begin.

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::process::{Command, Stdio};

use super::harness::{Place, program};
use super::long::{Background, wait_for};

/// A report of one figure, which takes little.
const REPORT: &str = "report --only task --samples 1e3";

fn fifo(place: &Place, name: &str) {
    assert!(Command::new("mkfifo").arg(place.path(name)).status().unwrap().success());
}

/// A pipe stays one, a link leads where it led, and a name with a slash at its end is a folder's.
#[test]
fn what_is_no_plain_file_is_left_what_it_is() {
    let place = Place::new();
    fifo(&place, "pipe");
    let run = place.run(&format!("{REPORT} -o pipe --force"));
    assert_eq!((run.code, run.err.lines().count()), (2, 1), "{run:#?}");
    assert!(run.err.contains("pipe") && run.err.contains("is no file"), "{}", run.err);
    assert!(fs::symlink_metadata(place.path("pipe")).unwrap().file_type().is_fifo());

    place.write("target.html", "old");
    symlink("target.html", place.path("link.html")).unwrap();
    place.run(&format!("{REPORT} -o link.html --force")).done();
    assert!(fs::symlink_metadata(place.path("link.html")).unwrap().is_symlink());
    assert!(place.text("target.html").contains("<html"), "what the link leads to is written");
    symlink("nowhere.html", place.path("open.html")).unwrap();
    place.run(&format!("{REPORT} -o open.html --force")).done();
    assert!(fs::symlink_metadata(place.path("open.html")).unwrap().is_symlink());
    assert!(place.text("nowhere.html").contains("<html"));

    let run = place.run(&format!("{REPORT} -o new/"));
    assert_eq!((run.code, run.err.lines().count()), (2, 1), "{run:#?}");
    assert!(run.err.contains("-o new/ names a folder: write new/report.html"), "{}", run.err);
    assert!(!place.path("new").exists());
    place.run("sweep --sigma 0,1 --samples 1e3 --no-plots -o folder/").done();
    assert!(place.path("folder/rows.csv").is_file());
}

/// Rows and charts of a run do not take the place of a pipe either, and nothing is drawn before that is known.
#[test]
fn a_pipe_in_a_folder_is_found_before_the_work() {
    let place = Place::new();
    fs::create_dir(place.path("kept")).unwrap();
    fifo(&place, "kept/rows.csv");
    let run = place.run("sweep --sigma 0,1 --samples 1e15 -o kept --force");
    assert_eq!((run.code, run.err.lines().count()), (2, 1), "{run:#?}");
    assert!(run.err.contains("kept/rows.csv"), "{}", run.err);
    assert_eq!(place.names("kept"), ["rows.csv"]);
}

/// Standard input and output in the place of files.
#[test]
fn a_dash_is_standard_input_or_output() {
    let place = Place::new();
    let page = place.run(&format!("{REPORT} -o -")).done();
    assert!(page.out.starts_with("<!") && page.out.trim_end().ends_with("</html>"));
    assert!(place.names("").is_empty());
    let rows = place.run("theory --sigma 0..1/3 --votes 11 --format csv").done().out;
    let mut command = assert_cmd::Command::new(program());
    let plot = command.current_dir(place.path("")).args(["plot", "-", "-o", "charts"]);
    plot.write_stdin(rows).assert().success();
    assert_eq!(place.names("charts").len(), 12);
}

/// Where the system grants few threads, fewer do the work, and a line says so. Root is granted all, so that the program
/// runs as nobody where it is root that tests.
#[test]
fn few_threads_are_enough() {
    let place = Place::new();
    let expected = place.run("theory --format csv").done().out;
    let mut nobody = Command::new("setpriv");
    nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    // Where nobody may not reach the program.
    let reached = nobody.arg(program()).arg("--version").stderr(Stdio::null()).output();
    if !reached.is_ok_and(|output| output.status.success()) {
        println!("left out: the program cannot be run as nobody here");
        return;
    }
    for limit in ["--nproc=1", "--nproc=3"] {
        let mut limited = Command::new("setpriv");
        limited.args(["--reuid=65534", "--regid=65534", "--clear-groups", "prlimit", limit]);
        let limited = limited.arg(program()).args(["theory", "--threads", "8", "--format", "csv"]);
        let output = limited.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{limit}: {said}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        assert_eq!(said.lines().count(), 1, "{limit}: {said}");
        assert!(said.contains("of 8 threads"), "{limit}: {said}");
    }
}

/// From the moment a run by force has begun, nothing of the old one is beside its counts.
#[test]
fn a_run_by_force_that_is_killed_leaves_nothing_of_the_old_one() {
    let place = Place::new();
    place.run("sweep --sigma 0..1/3 --samples 1e4 --votes 11 -o kept").done();
    let old = place.read("kept/counts.json");
    let again = "sweep --sigma 0..1/3 --samples 1e15 --votes 11 --seed 9 -o kept --force";
    let run = Background::start(&place, again);
    wait_for("new counts", || {
        let counts = fs::read(place.path("kept/counts.json")).ok()?;
        (counts != old).then_some(())
    });
    run.signal("-KILL");
    assert_eq!(run.end().code, -1);
    // But for the lock, and what was being written.
    let mut names = place.names("kept");
    names.retain(|name| !name.starts_with('.'));
    assert_eq!(names, ["counts.json"]);
    assert!(place.text("kept/counts.json").contains("\"seed\":9"));
}
