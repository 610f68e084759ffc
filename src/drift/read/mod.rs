//! Reads what `terraform show -json` prints of a saved plan, or what `terraform plan -json` prints, whichever it is.
//!
//! Start with [`read`]. The input is never held as a whole: `guard` limits what a reader must hold on the way, `bounded`
//! what is kept, and everything that is not about this provider is read over.

mod bounded;
mod changes;
mod guard;
mod message;
mod modules;
mod state;
#[cfg(test)]
mod tests;
mod top;

use std::io::{BufReader, Read};

use serde::de::DeserializeSeed;
use serde_json::Deserializer;
use serde_json::error::Category;

use self::guard::Guard;
use self::message::Stream;
use self::top::{Form, Top};
use super::plan::Plan;
use super::printable::printable;

/// How to get what is read here.
const HOW: &str = "write it with: terraform plan -out=tfplan && terraform show -json tfplan > plan.json";

/// Reads a plan.
///
/// # Errors
///
/// What is wrong with the input, and what to do.
pub fn read(mut input: impl Read) -> Result<Plan, String> {
    let head = head(&mut input)?;
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let mut deserializer =
        Deserializer::from_reader(BufReader::with_capacity(1 << 16, Guard::new(head.chain(input))));
    let (mut plan, mut stream) = (Plan::default(), Stream::default());
    let mut form = None;
    while deserializer.end().is_err() {
        let top = Top { plan: &mut plan, stream: &mut stream };
        let next = top.deserialize(&mut deserializer).map_err(|error| explained(&error))?;
        form = Some(together(form, next)?);
    }
    plan.stream = form == Some(Form::Message);
    match form {
        None => Err(format!("it is empty; {HOW}")),
        Some(Form::Message) if !stream.summary && !plan.errored => {
            Err("it has no summary at its end, so it is cut off, or Terraform was stopped; run terraform plan again".to_owned())
        }
        Some(Form::Message | Form::Document | Form::State | Form::Other) => Ok(plan),
    }
}

/// The first bytes.
///
/// # Errors
///
/// They show that it is no JSON.
fn head(input: &mut impl Read) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    input.take(4).read_to_end(&mut head).map_err(|error| error.to_string())?;
    match head.as_slice() {
        // A saved plan is a ZIP archive: https://developer.hashicorp.com/terraform/internals/json-format
        [b'P', b'K', 3, 4] => Err(
            "it is the saved plan itself, not its JSON; write that with: terraform show -json tfplan > plan.json".to_owned(),
        ),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(
            "it is UTF-16, as Windows PowerShell writes with >; use: terraform show -json tfplan | Out-File -Encoding utf8 plan.json"
                .to_owned(),
        ),
        _ => Ok(head),
    }
}

/// What the input is, after one more value.
fn together(before: Option<Form>, next: Form) -> Result<Form, String> {
    match (before, next) {
        (None, Form::Document) => Ok(Form::Document),
        (None | Some(Form::Message), Form::Message) => Ok(Form::Message),
        (None, Form::State) => Err(format!("it is a state, not a plan; {HOW}")),
        (None, Form::Other) => Err(format!("it is JSON, but no plan; {HOW}")),
        (Some(_), _) => Err("it is more than one plan; give one file a run".to_owned()),
    }
}

fn explained(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Eof => format!("it ends in the middle of line {line}, so it is cut off; {HOW}"),
        Category::Syntax => format!("it is no JSON ({}); {HOW}", printable(&error.to_string())),
        Category::Data => printable(&format!("it is no plan that can be read: {error}")),
        Category::Io => {
            format!("it cannot be read: {} (line {line} column {column})", printable(&error.to_string()))
        }
    }
}
