//! What pipelines fetch is named by its content, and the version stands beside it.

use super::{FILES, text};
use crate::shared::process::Failure;

#[test]
fn actions_and_images_are_pinned() -> Result<(), Failure> {
    let mut found = 0;
    for file in FILES {
        for line in text(file)?.lines() {
            let line = line.trim().trim_start_matches("- ");
            if let Some(action) = line.strip_prefix("uses: ") {
                let (_, pin) = action.split_once('@').ok_or_else(|| Failure::new(action))?;
                let (sha, version) = pin.split_once(" # v").ok_or_else(|| Failure::new(action))?;
                assert!(
                    is_hex(sha, 40) && version.starts_with(|c: char| c.is_ascii_digit()),
                    "{file}: {line}"
                );
                found += 1;
            }
            if let Some(image) = line.strip_prefix("name: ").filter(|name| name.contains("hashicorp/")) {
                let (name, digest) = image.split_once("@sha256:").ok_or_else(|| Failure::new(image))?;
                assert!(is_hex(digest, 64) && name.contains(':'), "{file}: {line}");
                found += 1;
            }
        }
    }
    assert_eq!(found, 7, "actions and images of {FILES:?}");
    Ok(())
}

/// The same Terraform everywhere, and each file starts one script.
#[test]
fn they_agree() -> Result<(), Failure> {
    for file in FILES {
        let text = text(file)?;
        assert!(text.contains("1.15.5"), "{file}: Terraform's version");
        assert_eq!(text.matches("sh ci/drift.sh").count(), 1, "{file}");
    }
    Ok(())
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.chars().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase())
}
