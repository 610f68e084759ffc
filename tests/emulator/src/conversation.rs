//! For tests: conversations with the whole service short of the sockets, and Microsoft's published examples.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Method};
use serde_json::Value;

use crate::entra::token;
use crate::message::{Answer, Call};
use crate::route::route;
use crate::store::Store;
use crate::world::World;
use crate::{Cloud, seed};

/// The subscription of a world without a seed.
pub(crate) const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";

/// A world with this seed.
pub(crate) fn azure(cloud: Cloud, seed: &Value) -> World {
    let mut store = Store::default();
    seed::sow(&mut store, cloud, Some(seed)).unwrap();
    World::new(cloud, "https://localhost:1".to_owned(), store, None)
}

/// Sends one request; a null body is none.
pub(crate) fn send(world: &mut World, method: Method, target: &str, body: &Value) -> (u16, Value) {
    send_with(world, method, target, body, &BTreeMap::new())
}

/// Sends one request with headers of its own and keeps the headers of the answer.
pub(crate) fn ask(
    world: &mut World,
    method: Method,
    target: &str,
    extra: &[(&'static str, &str)],
    body: &Value,
) -> Answer {
    let mut headers = headers(world);
    for (name, value) in extra {
        headers.insert(*name, HeaderValue::from_str(value).unwrap());
    }
    route(world, &Call::new(method, target, headers, bytes(body)), false, &BTreeMap::new())
}

/// A header of an answer; an empty text where it is not there.
pub(crate) fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let found = answer.headers.iter().find(|(present, _)| present.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value.as_str())
}

/// The body of an answer; null where there is none.
pub(crate) fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

/// Follows a URL of this service.
pub(crate) fn follow(world: &mut World, url: &str) -> Answer {
    let target = url.strip_prefix("https://localhost:1").unwrap_or_else(|| panic!("not ours: {url}"));
    ask(world, Method::GET, target, &[], &Value::Null)
}

/// Sends one request to a service in which these extensions fail.
pub(crate) fn send_with(
    world: &mut World,
    method: Method,
    target: &str,
    body: &Value,
    failures: &BTreeMap<String, String>,
) -> (u16, Value) {
    let call = Call::new(method, target, headers(world), bytes(body));
    let answer = route(world, &call, false, failures);
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

fn headers(world: &World) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let token = token::issue(world, "https://localhost:1/");
    headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers
}

fn bytes(body: &Value) -> Bytes {
    if body.is_null() { Bytes::new() } else { body.to_string().into() }
}

/// Reads something that must be there.
pub(crate) fn get(world: &mut World, target: &str) -> Value {
    let (status, body) = send(world, Method::GET, target, &Value::Null);
    assert_eq!(status, 200, "{target}: {body}");
    body
}

/// A refusal in a few words: `400 InvalidInput`; only the status where it is none.
pub(crate) fn in_words((status, body): &(u16, Value)) -> String {
    format!("{status} {}", body["error"]["code"].as_str().unwrap_or_default()).trim_end().to_owned()
}

/// All documents as they are, to compare a world with itself.
pub(crate) fn documents(world: &mut World) -> Vec<(String, Value)> {
    world.settle();
    world.store.documents().map(|(id, document)| (id.to_owned(), document.clone())).collect()
}

/// Microsoft's examples in this folder, where it lies next to the repository.
pub(crate) fn examples(folder: &str) -> Vec<(String, Value)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/azure-examples");
    let mut paths = Vec::new();
    collect(&Path::new(root).join(folder), &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).unwrap();
        let example = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).unwrap();
        (path.file_name().unwrap().display().to_string(), example)
    };
    let examples: Vec<(String, Value)> = paths.into_iter().map(read).collect();
    println!("{} examples of Microsoft read from {folder}", examples.len());
    examples
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}
