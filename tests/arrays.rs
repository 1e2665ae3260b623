//! Arrays that numpy and safetensors wrote (`tests/data/arrays/make.py`), and what is none.

use std::path::PathBuf;

use gauss_sim::arrays::{ArrayFile, Classes};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/arrays").join(name)
}

fn open(name: &str) -> ArrayFile {
    ArrayFile::open(&path(name)).unwrap_or_else(|error| panic!("{name} {error}"))
}

/// What `values` of make.py says.
fn expected(dtype: &str) -> [f64; 6] {
    match dtype {
        "f2" => [0.5, -1.25, 65504.0, 2f64.powi(-24), 3.0, -0.0],
        "f4" => [0.5, -1.25, f64::from(f32::MAX), 2f64.powi(-149), 3.0, -0.0],
        "f8" => [0.5, -1.25, f64::MAX, f64::from_bits(1), 3.0, -0.0],
        "b1" => [1.0, 0.0, 1.0, 0.0, 0.0, 1.0],
        _ => {
            let bits = 8 * dtype[1..].parse::<i32>().unwrap();
            let (least, most) = match dtype.starts_with('i') {
                true => (-(2f64.powi(bits - 1)), 2f64.powi(bits - 1) - 1.0),
                false => (0.0, 2f64.powi(bits) - 1.0),
            };
            [0.0, 1.0, most, least, 7.0, 100.0]
        }
    }
}

const NUMBERS: [&str; 12] =
    ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"];

#[test]
fn numbers_of_every_type_and_order_are_read() {
    for file in ["stored.npz", "deflated.npz"] {
        let archive = open(file);
        assert_eq!(archive.names().count(), 14 * 4);
        for dtype in NUMBERS {
            for name in ["leC", "leF", "beC", "beF"].map(|layout| format!("{dtype}{layout}")) {
                let array = archive.get(&name).expect(&name).numbers().expect(&name);
                assert_eq!((array.rows, array.columns), (2, Some(3)), "{file} {name}");
                let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&array.values), bits(&expected(dtype)), "{file} {name}");
            }
        }
    }
    let tensors = open("all.safetensors");
    assert_eq!(tensors.names().count(), NUMBERS.len());
    for dtype in NUMBERS {
        let array = tensors.get(dtype).expect(dtype).numbers().expect(dtype);
        assert_eq!((array.rows, array.columns), (2, Some(3)), "{dtype}");
        assert_eq!(array.values, expected(dtype), "{dtype}");
    }
    let brain = open("brain.safetensors").only().unwrap().numbers().unwrap();
    let rounded = f64::from(f32::from_bits(3.0e38_f32.to_bits() >> 16 << 16));
    assert_eq!((brain.columns, brain.values), (None, vec![0.5, -1.25, rounded]));
    assert_eq!(open("matrix.npy").only().unwrap().numbers().unwrap().values, expected("f8"));
    assert_eq!(open("fortran.npy").only().unwrap().numbers().unwrap().values, expected("f4"));
}

#[test]
fn labels_are_integers_or_strings_of_any_type() {
    for file in ["stored.npz", "deflated.npz"] {
        let archive = open(file);
        for dtype in ["U5", "S5"] {
            for name in ["leC", "leF", "beC", "beF"].map(|layout| format!("{dtype}{layout}")) {
                let classes = Classes::default();
                let labels = archive.get(&name).unwrap().labels(&classes).expect(&name);
                assert_eq!((labels.rows, labels.columns), (2, Some(3)), "{name}");
                let names = classes.names();
                let words: Vec<&str> =
                    labels.codes.iter().map(|code| names[usize::from(*code)].as_str()).collect();
                assert_eq!(words, ["cat", "dog", "", "bird", "dog", "horse"], "{name}");
            }
        }
        // One class has one code, whatever the type.
        let classes = Classes::default();
        for dtype in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"] {
            for name in ["leC", "leF", "beC", "beF"].map(|layout| format!("{dtype}{layout}")) {
                let labels = archive.get(&name).unwrap().labels(&classes).expect(&name);
                let names = classes.names();
                let words: Vec<&str> =
                    labels.codes.iter().map(|code| names[usize::from(*code)].as_str()).collect();
                let number = |i: usize| match (dtype, i) {
                    ("i8", 2) => i64::MAX.to_string(),
                    ("i8", 3) => i64::MIN.to_string(),
                    ("u8", 2) => u64::MAX.to_string(),
                    _ => format!("{}", expected(dtype)[i]),
                };
                assert_eq!(words, (0..6).map(number).collect::<Vec<_>>(), "{name}");
            }
        }
        let ones = classes.names().iter().filter(|name| *name == "1").count();
        assert_eq!(ones, 1);
    }
    let classes = Classes::default();
    let labels = open("strings.npy").only().unwrap().labels(&classes).unwrap();
    assert_eq!(labels.as_list(), Some(&[0, 1, 2, 3][..]));
    assert_eq!(classes.names(), ["é", "cat", "", "日本"]);
    let error = open("matrix.npy").only().unwrap().labels(&classes).unwrap_err();
    assert_eq!(error, "has 0.5, which is no label: save integers or strings");
}

#[test]
fn labels_are_read_from_text() {
    for (text, expected) in [
        ("cat\ndog\ncat\n", &["cat", "dog", "cat"][..]),
        ("0\n1\n1\n", &["0", "1", "1"]),
        ("label\n0\n1.0\n", &["0", "1"]),
        (",label\n0,cat\n1,dog\n", &["cat", "dog"]),
        ("0,1,1,0\n", &["0", "1", "1", "0"]),
        ("1.000000000000000000e+00\n2.0\n", &["1", "2"]),
    ] {
        let classes = Classes::default();
        let file = ArrayFile::of_bytes(text.as_bytes().to_vec()).unwrap();
        let labels = file.only().unwrap().labels(&classes).expect(text);
        let names = classes.names();
        let words: Vec<&str> =
            labels.codes.iter().map(|code| names[usize::from(*code)].as_str()).collect();
        assert_eq!(words, expected, "{text:?}");
    }
    for (text, expected) in [
        ("", "is empty"),
        ("cat,dog\ncat,dog\n", "line 1 has 2 labels"),
        (",label\n", "has a header and no labels"),
    ] {
        let file = ArrayFile::of_bytes(text.as_bytes().to_vec()).unwrap();
        let error = file.only().unwrap().labels(&Classes::default()).unwrap_err();
        assert!(error.starts_with(expected), "{text:?}: {error}");
    }
}

/// What reading all of a file says.
fn whole(bytes: &[u8]) -> Result<(), String> {
    let file = ArrayFile::of_bytes(bytes.to_vec())?;
    for name in file.names() {
        let entry = file.get(name).expect("one of its names");
        if name.starts_with(['U', 'S']) {
            entry.labels(&Classes::default())?;
        } else {
            entry.numbers()?;
        }
    }
    Ok(())
}

#[test]
fn what_is_no_array_is_refused_in_one_line() {
    for (name, expected) in [
        ("objects.npy", "holds Python objects, which are not read"),
        ("structure.npy", "has elements of type \"a structure\""),
        ("complex.npy", "has elements of type \"<c16\""),
        ("cube.npy", "has 3 dimensions"),
        ("pickle.pkl", "is a pickle, which is not read"),
        ("objects.npz", "holds Python objects"),
        ("huge_header.safetensors", "has a header of 90000000 bytes, more than a file of"),
    ] {
        let error = whole(&std::fs::read(path(name)).unwrap()).expect_err(name);
        assert!(error.starts_with(expected) && !error.contains('\n'), "{name}: {error}");
    }
    let several = open("objects.npz").only().err().unwrap();
    assert!(several.starts_with("has 2 arrays (labels, fine)"), "{several}");
    assert!(open("objects.npz").get("fine").unwrap().numbers().is_ok());
    assert!(ArrayFile::open(&path("none.npy")).err().unwrap().starts_with("cannot be read"));
}

#[test]
fn a_truncated_file_is_refused() {
    for name in ["matrix.npy", "strings.npy", "all.safetensors", "stored.npz", "zeros.npz"] {
        let bytes = std::fs::read(path(name)).unwrap();
        assert!(name == "strings.npy" || whole(&bytes) == Ok(()), "{name}");
        for length in (9..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
            let error = whole(&bytes[..length]).expect_err(name);
            assert!(!error.contains('\n'), "{name} {length}: {error}");
        }
    }
}

/// A byte that was changed is found by the checksum of the archive, or changes nothing that is read.
#[test]
fn a_changed_archive_is_refused_or_the_same() {
    let bytes = std::fs::read(path("zeros.npz")).unwrap();
    for at in (0..bytes.len()).step_by(3) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        if let Ok(file) = ArrayFile::of_bytes(changed)
            && let Some(entry) = file.get("x")
            && let Ok(array) = entry.numbers()
        {
            assert!(array.values.iter().all(|x| *x == 0.0) && array.rows == 1000, "byte {at}");
        }
    }
}

/// An announcement of more than the file can hold takes no memory.
#[test]
fn what_a_header_announces_is_not_believed() {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }\n";
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    npy.extend((header.len() as u16).to_le_bytes());
    npy.extend(header.as_bytes());
    assert!(whole(&npy).unwrap_err().starts_with("has 0 bytes of numbers"));
    let mut long = b"\x93NUMPY\x02\x00".to_vec();
    long.extend(u32::MAX.to_le_bytes());
    long.extend(header.as_bytes());
    assert!(whole(&long).unwrap_err().starts_with("has a header of 4294967295 bytes"));
    // An archive that says that its array is a terabyte.
    let mut bytes = std::fs::read(path("zeros.npz")).unwrap();
    let directory = bytes.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    bytes[directory + 24..directory + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    assert!(whole(&bytes).unwrap_err().starts_with("has 4294967152 bytes of numbers"));
}

/// Numbers of a fixed seed: xorshift64*.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end.max(1)
    }

    /// Flips, cuts, repeats, overwrites or splices, a few times over.
    fn damage(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        const TELLING: [&[u8]; 12] = [
            b"\xff\xff\xff\xff",
            b"\0\0\0\0",
            b"\x7f",
            b"\x80",
            b"-1",
            b"99999999999999999999",
            b"(",
            b")",
            b"'",
            b"\n",
            b"nan",
            b"inf",
        ];
        let mut bytes = bytes.to_vec();
        for _ in 0..1 + self.below(4) {
            let at = self.below(bytes.len());
            let end = at + self.below(bytes.len() - at + 1).min(64);
            match self.below(7) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 if !bytes.is_empty() => bytes[at] = self.below(256) as u8,
                2 => bytes.truncate(at),
                3 => drop(bytes.drain(at..end)),
                4 => {
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part);
                }
                5 => {
                    let piece = TELLING[self.below(TELLING.len())];
                    let over = (at + piece.len() * self.below(2)).min(bytes.len());
                    bytes.splice(at..over, piece.iter().copied());
                }
                _ => {
                    let from = self.below(other.len());
                    let to = from + self.below(other.len() - from + 1).min(256);
                    bytes.splice(at..end, other[from..to].iter().copied());
                }
            }
        }
        bytes
    }
}

/// How many damaged files are read: more with GAUSS_SIM_DAMAGED in the environment.
fn damaged() -> usize {
    std::env::var("GAUSS_SIM_DAMAGED").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000)
}

/// Files that are damaged at random are read or refused in one line, without a panic, and give no more numbers than their size explains.
#[test]
fn damaged_files_are_read_or_refused_in_one_line() {
    let folder = format!("{}/tests/data/arrays", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    let files: Vec<Vec<u8>> = names.iter().map(|name| std::fs::read(name).unwrap()).collect();
    let one_line = |message: String| assert!(!message.contains('\n'), "{message}");
    let mut chance = Chance(17);
    for _ in 0..damaged() {
        let [file, other] = [0, 1].map(|_| chance.below(files.len()));
        let bytes = chance.damage(&files[file], &files[other]);
        let size = bytes.len();
        let file = match ArrayFile::of_bytes(bytes) {
            Ok(file) => file,
            Err(message) => {
                one_line(message);
                continue;
            }
        };
        let names: Vec<String> = file.names().map(str::to_owned).collect();
        for name in names {
            let entry = file.get(&name).expect("one of its names");
            match entry.numbers() {
                // Deflate shrinks to a 1032th at most.
                Ok(array) => assert!(array.values.len() <= 1032 * (size + 1)),
                Err(message) => one_line(message),
            }
            if let Err(message) = entry.labels(&Classes::default()) {
                one_line(message);
            }
        }
    }
}

/// The same of predictions in long form.
#[test]
fn damaged_predictions_are_read_or_refused_in_one_line() {
    let rows: String = (0..4)
        .flat_map(|sample| {
            ["clean", "attacked"].into_iter().flat_map(move |input| {
                (0..2).map(move |draw| format!("{sample},cat,{input},{draw},dog\n"))
            })
        })
        .collect();
    let whole = [
        format!("sample,label,input,draw,prediction\n{rows}"),
        format!("\u{feff}prediction;draw;input;label;sample\r\n{}", rows.replace(',', ";")),
        "sample\tlabel\tinput\tprediction\n1\t1.0\tclean\t0\n1\t1.0\tattacked\t0\n1\t1\tundefended\t\"1\"\n".to_owned(),
    ];
    let mut chance = Chance(18);
    for _ in 0..damaged() {
        let [text, other] = [0, 1].map(|_| whole[chance.below(whole.len())].as_bytes());
        let text = String::from_utf8_lossy(&chance.damage(text, other)).into_owned();
        match gauss_sim::experiments::logs::long_form_samples(&text) {
            Ok(samples) => assert!(samples > 0 && samples <= text.len(), "{text:?}"),
            Err(message) => assert!(!message.contains('\n'), "{text:?}: {message}"),
        }
    }
}
