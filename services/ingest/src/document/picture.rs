//! Pictures: one page each, whose words are to be recognized; those that are files, and those in documents.

use std::io::{self, Cursor};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader};
use schemas::document::{Page, PageSize, PageText};
use schemas::file::RejectionCode;

use crate::document::Stretch;
use crate::document::draft::Draft;
use crate::kind::Kind;
use crate::limits::{Limits, too_large};
use crate::rejected::Rejected;

/// Reads a picture and hands its pixels on as PNG, upright.
pub(crate) fn read(
    bytes: &[u8],
    kind: Kind,
    limits: &Limits,
    give: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Result<Stretch, Rejected>> {
    let format = match kind {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Webp => ImageFormat::WebP,
        Kind::Tiff => ImageFormat::Tiff,
        Kind::Bmp => ImageFormat::Bmp,
        _ => ImageFormat::Png,
    };
    let (png, page) = match page(bytes, format, 1, limits) {
        Ok(page) => page,
        Err(rejected) => return Ok(Err(rejected)),
    };
    give(&png)?;
    let mut draft = Draft::new(limits);
    draft.begin_page(page);
    Ok(Ok(draft.stretch(1, vec![1], Vec::new())))
}

/// A picture as a page of this number, and its pixels as PNG, upright.
///
/// # Errors
/// [`Rejected`] when it can't be decoded, or is too large.
pub(crate) fn page(
    bytes: &[u8],
    format: ImageFormat,
    number: u32,
    limits: &Limits,
) -> Result<(Vec<u8>, Page), Rejected> {
    let picture = decode(bytes, format, limits)?;
    #[expect(clippy::cast_precision_loss, reason = "sides of pictures are small")]
    let size = PageSize {
        width: picture.width() as f32,
        height: picture.height() as f32,
    };
    let page = Page {
        number,
        size: Some(size),
        image: None,
        text: PageText::Wanted,
    };
    Ok((encode(&picture)?, page))
}

fn decode(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<DynamicImage, Rejected> {
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format)
        .into_decoder()
        .map_err(|error| broken(&error))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(Rejected::new(
            RejectionCode::Empty,
            format!("the picture is {width} × {height} pixels large; expected some"),
        ));
    }
    if pixels > limits.pixels {
        return Err(too_large("the picture", "pixels", pixels, limits.pixels));
    }
    // A picture without it is upright.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| broken(&error))?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

fn encode(picture: &DynamicImage) -> Result<Vec<u8>, Rejected> {
    let mut png = Vec::new();
    let encoded = if picture.color().has_color() || picture.color().has_alpha() {
        let rgb = on_white(picture);
        write_png(
            &mut png,
            rgb.as_raw(),
            (rgb.width(), rgb.height()),
            ExtendedColorType::Rgb8,
        )
    } else {
        let gray = picture.to_luma8();
        write_png(
            &mut png,
            gray.as_raw(),
            (gray.width(), gray.height()),
            ExtendedColorType::L8,
        )
    };
    encoded.map_err(|error| broken(&error)).map(|()| png)
}

/// The picture as it looks on paper, where nothing shines through.
fn on_white(picture: &DynamicImage) -> image::RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    image::RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let image::Rgba([red, green, blue, alpha]) = *picture.get_pixel(x, y);
        let mixed = |part: u8| {
            let mixed = u16::from(part) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([mixed(red), mixed(green), mixed(blue)])
    })
}

/// Writes pixels as PNG, quickly rather than as small as can be.
///
/// # Errors
/// Those of the encoder.
pub(crate) fn write_png(
    png: &mut Vec<u8>,
    pixels: &[u8],
    (width, height): (u32, u32),
    color: ExtendedColorType,
) -> image::ImageResult<()> {
    PngEncoder::new_with_quality(png, CompressionType::Fast, FilterType::Adaptive)
        .write_image(pixels, width, height, color)
}

fn broken(error: &image::ImageError) -> Rejected {
    Rejected::new(
        RejectionCode::Corrupt,
        format!(
            "the picture can't be decoded: {error}; expected a whole picture as cameras and scanners write it"
        ),
    )
}
