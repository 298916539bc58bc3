//! Bytes of an image in, pixels out: one pure function, for a worker.

use std::io::Cursor;

use image::error::LimitErrorKind;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, RgbImage};

use crate::limits::Limits;
use crate::problem::Problem;

/// What is read. Others that the library knows are not: each decoder is one more way in.
const FORMATS: [ImageFormat; 5] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::WebP,
    ImageFormat::Tiff,
    ImageFormat::Bmp,
];

/// Memory that decoding may take, in bytes for each pixel: samples of 16 bits in four channels, and what becomes of them.
const BYTES_PER_PIXEL: u64 = 12;

/// The pixels of an image, turned as its metadata say that it is to be looked at, and on white where it is transparent. Of
/// several images in a file it is the first one.
///
/// # Errors
/// [`Problem`]; the number of pixels is looked at before any of them is decoded.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<RgbImage, Problem> {
    if bytes.is_empty() {
        return Err(Problem::Empty);
    }
    let format = image::guess_format(bytes).ok();
    let format = format
        .filter(|format| FORMATS.contains(format))
        .ok_or(Problem::UnknownFormat)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = image::Limits::no_limits();
    allowed.max_alloc = Some(limits.pixels.saturating_mul(BYTES_PER_PIXEL));
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(|error| problem(&error))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Problem::NoPixels { width, height });
    }
    if u64::from(width) * u64::from(height) > limits.pixels {
        let most = limits.pixels;
        return Err(Problem::TooManyPixels { width, height, most });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| problem(&error))?;
    image.apply_orientation(orientation);
    Ok(on_white(image))
}

fn problem(error: &ImageError) -> Problem {
    match error {
        ImageError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::InsufficientMemory) => {
            Problem::OutOfMemory
        }
        _ => Problem::Damaged,
    }
}

fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let transparent = image.into_rgba8();
    let (width, height) = transparent.dimensions();
    let pixels = transparent.pixels().flat_map(|pixel| {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        // Rounded, and never more than 255.
        [red, green, blue].map(|value| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
    });
    let pixels = pixels.collect();
    RgbImage::from_raw(width, height, pixels).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, ImageEncoder, Luma, Rgba, RgbaImage};

    use super::*;

    fn limits() -> Limits {
        Limits {
            bytes: 1 << 20,
            pixels: 10_000,
        }
    }

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn gray(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageLuma8(GrayImage::from_pixel(width, height, Luma([90])))
    }

    #[test]
    fn each_format_gives_its_pixels() {
        for format in FORMATS {
            let image = DynamicImage::ImageRgb8(gray(20, 10).into_rgb8());
            let decoded = decode(&encoded(&image, format), &limits()).unwrap();
            assert_eq!(decoded.dimensions(), (20, 10), "{format:?}");
            let pixel = decoded.get_pixel(3, 3).0;
            assert!(
                pixel.iter().all(|value| value.abs_diff(90) <= 2),
                "{format:?} {pixel:?}"
            );
        }
        let deep = DynamicImage::ImageLuma16(gray(20, 10).into_luma16());
        let decoded = decode(&encoded(&deep, ImageFormat::Png), &limits()).unwrap();
        assert_eq!(decoded.get_pixel(0, 0).0, [90; 3]);
    }

    #[test]
    fn what_is_transparent_is_white() {
        let mut image = RgbaImage::from_pixel(2, 1, Rgba([0, 0, 0, 0]));
        image.put_pixel(1, 0, Rgba([0, 0, 0, 255]));
        let bytes = encoded(&DynamicImage::ImageRgba8(image), ImageFormat::Png);
        let decoded = decode(&bytes, &limits()).unwrap();
        assert_eq!(decoded.into_raw(), [255, 255, 255, 0, 0, 0]);
    }

    #[test]
    fn a_photograph_stands_as_its_camera_was_held() {
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::jpeg::JpegEncoder::new(&mut bytes);
        // TIFF, little-endian, one entry: orientation 6, to be turned clockwise by a quarter.
        let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        encoder.set_exif_metadata(exif.to_vec()).unwrap();
        let image = gray(20, 10).into_rgb8();
        encoder
            .write_image(&image, 20, 10, image::ExtendedColorType::Rgb8)
            .unwrap();
        assert_eq!(decode(&bytes, &limits()).unwrap().dimensions(), (10, 20));
    }

    #[track_caller]
    fn check(bytes: &[u8], expect: &Problem) {
        assert_eq!(decode(bytes, &limits()).unwrap_err(), *expect);
    }

    #[test]
    fn what_is_wrong_has_a_name() {
        check(b"", &Problem::Empty);
        check(b"hello, I am a text", &Problem::UnknownFormat);
        check(b"GIF89a\x01\0\x01\0\0\0\0", &Problem::UnknownFormat);
        let large = encoded(&gray(200, 100), ImageFormat::Png);
        let too_many = Problem::TooManyPixels {
            width: 200,
            height: 100,
            most: 10_000,
        };
        check(&large, &too_many);
        // The header alone decides: the rest of a bomb is not even there.
        check(&large[..60], &too_many);
        for format in FORMATS {
            let bytes = encoded(&DynamicImage::ImageRgb8(gray(60, 60).into_rgb8()), format);
            check(&bytes[..40], &Problem::Damaged);
        }
        let mut flat = encoded(&gray(4, 4), ImageFormat::Bmp);
        flat[18..22].fill(0);
        assert!(decode(&flat, &limits()).is_err());
    }
}
