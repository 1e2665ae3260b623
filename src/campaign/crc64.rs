//! CRC-64/XZ: every change of up to 64 bits in a row is noticed for certain, any other with a chance
//! of 1 − 2⁻⁶⁴ (W. W. Peterson and D. T. Brown, Proc. IRE 49, 1961; ECMA-182's polynomial, reflected).

const POLYNOMIAL: u64 = 0xC96C_5795_D787_0F42;

const TABLE: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = byte as u64;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 1 == 1 { (rest >> 1) ^ POLYNOMIAL } else { rest >> 1 };
            bit += 1;
        }
        table[byte] = rest;
        byte += 1;
    }
    table
};

pub(super) fn crc64(bytes: &[u8]) -> u64 {
    !bytes.iter().fold(!0, |rest: u64, &byte| TABLE[usize::from(rest as u8 ^ byte)] ^ (rest >> 8))
}

#[cfg(test)]
mod tests {
    /// The check value of the catalogue of CRC algorithms.
    #[test]
    fn known_values() {
        assert_eq!(super::crc64(b"123456789"), 0x995D_C9BB_DF19_39FA);
        assert_eq!(super::crc64(b""), 0);
    }
}
