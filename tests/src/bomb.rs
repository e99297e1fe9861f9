//! Zeros, and a lot of them.

use flate2::{Compress, Compression, Crc, FlushCompress};

const MEBIBYTE: usize = 1024 * 1024;

/// This many mebibytes of zeros as a gzip stream: one block that stands on its own, over and over, so that it is made in
/// no time and is about a thousandth as large.
pub fn gzip(mebibytes: u32) -> Vec<u8> {
    let zeros = vec![0; MEBIBYTE];
    let mut block = Vec::with_capacity(MEBIBYTE);
    let mut deflate = Compress::new(Compression::best(), false);
    deflate.compress_vec(&zeros, &mut block, FlushCompress::Full).expect("a block");
    assert_eq!(deflate.total_in(), 1024 * 1024, "the block holds all of it");
    let mut of_block = Crc::new();
    of_block.update(&zeros);

    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut crc = Crc::new();
    for _ in 0..mebibytes {
        gzip.extend_from_slice(&block);
        crc.combine(&of_block);
    }
    // An empty last block.
    gzip.extend_from_slice(&[3, 0]);
    gzip.extend_from_slice(&crc.sum().to_le_bytes());
    gzip.extend_from_slice(&crc.amount().to_le_bytes());
    gzip
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn it_unpacks_to_zeros() {
        let mut zeros = Vec::new();
        flate2::read::GzDecoder::new(gzip(3).as_slice()).read_to_end(&mut zeros).unwrap();
        assert_eq!(zeros.len(), 3 * MEBIBYTE);
        assert!(zeros.iter().all(|byte| *byte == 0));
        assert!(gzip(1024).len() < 2 * MEBIBYTE);
    }
}
