//! A whole provider: one resource with attributes of many kinds that lives in Terraform's state only and can be
//! listed, two functions, and a command for people.
//!
//! It stores what it is told, says so in a computed attribute, and can be told to misbehave, which is how this
//! crate's tests see what becomes of a failure, a panic, or a broken promise.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tfplugin_protocol::model::Kind;
use tfplugin_protocol::provider::{
    Call, DynDataSource, DynFunction, DynListResource, DynResource, Finds, Function, FunctionError,
    IdentityAttribute, ImportTarget, ListResource, MoveSource, Moved, Planning, Provider, ProviderBlock,
    Resource,
};
use tfplugin_protocol::schema::{Attribute, Nesting, Parameter, Signature};
use tfplugin_protocol::{
    AnyValue, Attr, Command, Diagnostic, Diagnostics, Options, Result, Schema, Type, Value,
};

fn main() -> ExitCode {
    tfplugin_protocol::run(Echo, &OPTIONS)
}

const OPTIONS: Options =
    Options::new("registry.terraform.io/example/echo", env!("CARGO_PKG_VERSION")).commands(COMMANDS);

const COMMANDS: &[Command] =
    &[Command { name: "say", summary: "print the arguments, a line each", run: say }];

/// Prints its arguments; fails if there are none.
fn say(words: Vec<OsString>) -> ExitCode {
    if words.is_empty() {
        writeln!(io::stderr(), "there is nothing to say").ok();
        return ExitCode::from(3);
    }
    let said = words.into_iter().try_for_each(|word| writeln!(io::stdout(), "{}", word.display()));
    if said.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Echo;

/// The provider block: text that every object repeats, and how strict to be.
#[derive(Deserialize)]
struct Config {
    prefix: Attr<String>,
    nameless: Attr<bool>,
}

impl Config {
    /// Whether things without a name are accepted, or may be once everything is known.
    fn may_be_nameless(&self) -> bool {
        self.nameless.is_unknown() || self.nameless.known().is_some_and(|nameless| *nameless)
    }
}

impl Provider for Echo {
    type Context = Option<String>;
    type Config = Config;

    fn schema(&self) -> Schema {
        let prefix = Attribute::string().optional().describe("What every echo begins with.");
        let nameless = Attribute::bool().optional().describe("Whether things may have an empty name.");
        Schema::new("Repeats what it is told.").attribute("prefix", prefix).attribute("nameless", nameless)
    }

    fn configure(&self, config: Config, _: &str, warnings: &mut Diagnostics) -> Result<Option<String>> {
        let prefix = config.prefix.into_known();
        let text = prefix.as_deref().unwrap_or_default();
        if text.contains(char::is_whitespace) {
            warnings.push(Diagnostic::warning("White space in the prefix", "Is it meant?").at("prefix"));
        }
        if text.contains('\n') {
            let detail = "An echo fits on one line.";
            return Err(Diagnostic::error("Line break in the prefix", detail).at("prefix").into());
        }
        Ok(prefix)
    }

    fn resources(&self) -> &'static [&'static dyn DynResource<Option<String>>] {
        &[&Thing]
    }

    fn data_sources(&self) -> &'static [&'static dyn DynDataSource<Option<String>>] {
        &[]
    }

    fn functions(&self) -> &'static [&'static dyn DynFunction] {
        &[&Prefix, &Repeat]
    }
}

/// Puts one text before each of any number of others, and says how long the result is.
struct Prefix;

#[derive(Serialize)]
struct Prefixed {
    texts: Vec<String>,
    length: usize,
}

impl Function for Prefix {
    type Arguments = (Option<String>, Vec<String>);
    type Output = Prefixed;

    const NAME: &'static str = "prefix";

    fn signature(&self) -> Signature {
        let returns = Type::object([("texts", Type::list(Type::String)), ("length", Type::Number)]);
        Signature::new("Prefixes texts.", returns)
            .describe("Puts a prefix before each of the texts, and counts the letters of all of them.")
            .parameter(Parameter::new("prefix", Type::String, "What to begin with; may be null.").nullable())
            .variadic(Parameter::new("texts", Type::String, "What to prefix; never empty."))
    }

    fn call(&self, (prefix, texts): (Option<String>, Vec<String>)) -> Result<Prefixed, FunctionError> {
        if let Some(place) = texts.iter().position(String::is_empty) {
            return Err(FunctionError::at(1 + place, "a text must not be empty"));
        }
        let prefix = prefix.unwrap_or_default();
        let texts: Vec<String> = texts.iter().map(|text| format!("{prefix}{text}")).collect();
        let length = texts.iter().map(|text| text.chars().count()).sum();
        Ok(Prefixed { texts, length })
    }
}

/// Repeats a text.
struct Repeat;

impl Function for Repeat {
    type Arguments = (String, u8);
    type Output = String;

    const NAME: &'static str = "repeat";

    fn signature(&self) -> Signature {
        Signature::new("Repeats a text.", Type::String)
            .describe("Repeats a text, up to 255 times.")
            .parameter(Parameter::new("text", Type::String, "What to say."))
            .parameter(Parameter::new("times", Type::Number, "How often."))
    }

    fn call(&self, (text, times): (String, u8)) -> Result<String, FunctionError> {
        match times {
            0 => Err(FunctionError::new("there is no echo of nothing")),
            times => Ok(text.repeat(times.into())),
        }
    }
}

struct Thing;

const MISBEHAVE: &str = "How to fail: `error`, `panic`, `change` or `unknown` when written, or `wait` until \
                         Terraform is stopped; `vanish` when read, `keep` when deleted; `warn` or `waver` when planned.";

/// How long a thing that waits takes to come to its end.
const LAST_WRITE: Duration = Duration::from_millis(700);

/// Where private data counts the writes.
const WRITES: &str = "writes";

#[derive(Clone, Serialize, Deserialize)]
struct Model {
    id: Attr<String>,
    name: Attr<String>,
    size: Attr<String>,
    count_of: Attr<f64>,
    text: Attr<String>,
    tags: Attr<BTreeMap<String, Attr<String>>>,
    members: Attr<Vec<Attr<String>>>,
    parts: Attr<BTreeMap<String, Attr<Part>>>,
    anything: Attr<AnyValue>,
    answer: Attr<AnyValue>,
    cover: Attr<Cover>,
    secret: Attr<String>,
    misbehave: Attr<String>,
    echo: Attr<String>,
    writes: Attr<i64>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Part {
    enabled: Attr<bool>,
    note: Attr<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Cover {
    inside: Attr<AnyValue>,
}

impl Resource for Thing {
    type Context = Option<String>;
    type Model = Model;

    const NAME: &'static str = "echo_thing";

    fn schema(&self) -> Schema {
        let case = |a: &Value, b: &Value| match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        };
        let part = [
            ("enabled", Attribute::bool().optional().default(true).describe("Whether it is on.")),
            ("note", Attribute::string().computed().describe("What became of it.")),
        ];
        let text = Attribute::string().optional();
        let any = Attribute::of(Type::Dynamic).optional();
        let cover = [("inside", any.clone().describe("Whatever."))];
        Schema::new("A thing that is only remembered.")
            .attribute("id", Attribute::string().computed().keep().describe("The name again."))
            .attribute("name", Attribute::string().required().replace().describe("What it is called."))
            .attribute(
                "size",
                Attribute::string()
                    .optional()
                    .default("small")
                    .one_of(&["small", "large"])
                    .describe("How big."),
            )
            .attribute("count_of", Attribute::number().optional().describe("How many."))
            .attribute("text", text.clone().same_if(case).describe("Anything; letter case does not count."))
            .attribute("tags", Attribute::map(Type::String).optional().describe("Labels."))
            .attribute(
                "members",
                Attribute::of(Type::set(Type::String)).optional().describe("Without order."),
            )
            .attribute("parts", Attribute::nested(Nesting::Map, part).optional().describe("Named parts."))
            .attribute("anything", any.clone().same_if(Value::means).describe("Whatever."))
            .attribute("answer", any.computed().describe("By default, what `anything` is as JSON."))
            .attribute("cover", Attribute::nested(Nesting::Single, cover).optional().describe("A cover."))
            .attribute("secret", text.clone().write_only().describe("Taken, and never stored."))
            .attribute("misbehave", text.describe(MISBEHAVE))
            .attribute("echo", Attribute::string().computed().describe("What it says."))
            .attribute("writes", Attribute::number().computed().describe("How often it was written."))
    }

    fn identity_schema(&self) -> &'static [IdentityAttribute] {
        const NAME: IdentityAttribute =
            IdentityAttribute { name: "name", description: "What it is called.", required: true };
        &[NAME]
    }

    fn identity(&self, state: &Model) -> Option<Value> {
        state.name.known().map(|name| Value::from_iter([("name", Value::from(name.as_str()))]))
    }

    fn check(&self, config: &Model, provider: &ProviderBlock) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let empty = config.name.known().is_some_and(String::is_empty);
        if empty && !provider.read::<Config>().is_some_and(|block| block.may_be_nameless()) {
            diagnostics.push(Diagnostic::error("Empty name", "A thing needs a name.").at("name"));
        }
        diagnostics.extend(config.anything.known().and_then(unmeasurable));
        diagnostics
    }

    async fn plan(&self, call: &mut Call<Option<String>>, planning: Planning<Model>) -> Result<Model> {
        let mut planned = planning.planned;
        if planned.id.is_unknown() {
            planned.id = planned.name.clone();
        }
        if planned.answer.is_unknown() {
            planned.answer = answer(&planned.anything);
        }
        match planned.misbehave.known().map(String::as_str) {
            Some("warn") => {
                call.warn(Diagnostic::warning("It may misbehave", "It was told to.").at("misbehave"));
            }
            // Terraform plans once more in the process that applies.
            Some("waver") if planned.echo.is_unknown() => {
                planned.echo = Attr::Known(std::process::id().to_string());
            }
            _ => {}
        }
        Ok(planned)
    }

    async fn create(&self, call: &mut Call<Option<String>>, planned: Model) -> Result<Model> {
        remember(call, planned).await
    }

    async fn read(&self, _call: &mut Call<Option<String>>, state: Model) -> Result<Option<Model>> {
        let gone = state.misbehave.known().is_some_and(|how| how == "vanish");
        // As one that is asked over HTTP would tell it.
        let found = Model { anything: answer(&state.anything), ..state };
        Ok(if gone { None } else { Some(found) })
    }

    async fn update(&self, call: &mut Call<Option<String>>, _prior: Model, planned: Model) -> Result<Model> {
        remember(call, planned).await
    }

    async fn delete(&self, _call: &mut Call<Option<String>>, prior: Model) -> Result<()> {
        match prior.misbehave.known().map(String::as_str) {
            Some("keep") => Err(Diagnostic::error("It stays", "It was told not to go.").into()),
            _ => Ok(()),
        }
    }

    fn import(&self, _call: &mut Call<Option<String>>, target: ImportTarget<'_>) -> Result<Model> {
        let name = match target {
            ImportTarget::Id(id) => id,
            ImportTarget::Identity(identity) => identity.get("name").as_str().unwrap_or_default(),
        };
        let (name, anything) = match name.split_once('=') {
            Some((name, json)) => {
                (name, AnyValue::from_json(&json.parse().map_err(|e| unreadable(&e))?).into())
            }
            None => (name, Attr::Null),
        };
        Ok(Model { answer: answer(&anything), anything, ..Model::named(name) })
    }

    fn move_from(&self, source: &MoveSource<'_>) -> Result<Moved<Model>> {
        let name = source.text("name").filter(|_| source.is_of("example/shout"));
        let (Some(name), "shout_thing") = (name, source.type_name) else {
            return Err(source.refused(Self::NAME, &["`shout_thing` of `example/shout`"]));
        };
        let mut moved =
            Moved::from(Model { text: source.text("words").map(str::to_owned).into(), ..Model::named(name) });
        moved.private.set(WRITES, &10);
        if source.text("pitch").is_some() {
            let detail = "An echo has no pitch of its own.";
            moved.warnings.push(Diagnostic::warning("The pitch stays behind", detail));
        }
        Ok(moved)
    }

    fn listing(&self) -> Option<&dyn DynListResource<Option<String>>> {
        Some(self)
    }
}

/// What to find of things that live nowhere.
#[derive(Deserialize)]
struct Query {
    names: Attr<Vec<String>>,
    misbehave: Attr<String>,
}

impl ListResource for Thing {
    type Query = Query;

    fn query_schema(&self) -> Schema {
        let misbehave = "How to fail after the last one: `error`, `panic`, `warn`, or `wait` for ever.";
        Schema::new("Finds things by their names, all of which exist.")
            .attribute("names", Attribute::of(Type::list(Type::String)).required().describe("The names."))
            .attribute("misbehave", Attribute::string().optional().describe(misbehave))
    }

    fn check_query(&self, query: &Query, _: &ProviderBlock) -> Diagnostics {
        match query.names.known() {
            Some(names) if names.is_empty() => {
                Diagnostic::error("Nothing to find", "It needs a name.").at("names").into()
            }
            _ => Diagnostics::default(),
        }
    }

    async fn list(&self, call: &mut Call<Option<String>>, query: Query, finds: &Finds<Model>) -> Result<()> {
        let prefix = call.context()?.as_deref().unwrap_or_default().to_owned();
        for name in query.names.into_known().into_iter().flatten() {
            let thing = Model { echo: Attr::Null, ..Model::named(&name) };
            finds.push(format!("{prefix}{name}"), &thing).await?;
        }
        match query.misbehave.known().map(String::as_str) {
            Some("error") => Err(Diagnostic::error("It failed at the end", "It was told to.").into()),
            #[expect(clippy::panic, reason = "tests look at what becomes of it")]
            Some("panic") => panic!("it was told to panic"),
            Some("warn") => {
                call.warn(Diagnostic::warning("There may be more", "Somewhere else."));
                Ok(())
            }
            Some("wait") => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

impl Model {
    /// A thing as an import finds it.
    fn named(name: &str) -> Self {
        Self {
            id: name.into(),
            name: name.into(),
            size: "small".into(),
            count_of: Attr::Null,
            text: Attr::Null,
            tags: Attr::Null,
            members: Attr::Null,
            parts: Attr::Null,
            anything: Attr::Null,
            answer: Attr::Null,
            cover: Attr::Null,
            secret: Attr::Null,
            misbehave: Attr::Null,
            echo: name.into(),
            writes: Attr::Known(0),
        }
    }
}

/// What is said of anything, for which every type but one is fine, known or not.
fn unmeasurable(anything: &AnyValue) -> Option<Diagnostic> {
    let entries = anything.entries()?;
    let size = entries.get("size").filter(|size| size.kind().is_some_and(|kind| kind != Kind::Number))?;
    let detail = format!("The size of anything is a number, and not a {}.", size.type_name());
    // Terraform shows the line of a whole attribute, but not that of a part of one.
    Some(Diagnostic::error("Not a size", detail).at("anything"))
}

/// What comes back of a value that goes through JSON; not known before all of it is.
fn answer(anything: &Attr<AnyValue>) -> Attr<AnyValue> {
    match anything.as_ref().map(AnyValue::to_json) {
        Attr::Null => Attr::Null,
        Attr::Unknown | Attr::Known(None) => Attr::Unknown,
        Attr::Known(Some(json)) => AnyValue::from_json(&json).into(),
    }
}

/// What is wrong with an id such as `name={"a":1}`.
fn unreadable(error: &serde_json::Error) -> Diagnostic {
    Diagnostic::error("Not an id", format!("After the name stands what anything is, as JSON: {error}."))
}

/// Makes a plan true, unless it was told to fail or to wait.
async fn remember(call: &mut Call<Option<String>>, planned: Model) -> Result<Model> {
    let prefix = call.context()?.as_deref().unwrap_or_default().to_owned();
    let mut new = planned;
    new.id = new.name.clone();
    new.echo = new.name.clone().map(|name| format!("{prefix}{name}"));
    if let Attr::Known(parts) = &mut new.parts {
        for part in parts.values_mut() {
            if let Attr::Known(part) = part {
                part.note = "remembered".into();
            }
        }
    }
    if new.answer.is_unknown() {
        new.answer = answer(&new.anything);
    }
    let writes = call.private.get::<i64>(WRITES).unwrap_or(0) + 1;
    call.private.set(WRITES, &writes);
    new.writes = Attr::Known(writes);
    call.save(&new);
    match new.misbehave.known().map(String::as_str) {
        Some("error") => {
            Err(Diagnostic::error("It failed half-way", "It was told to.").at("misbehave").into())
        }
        #[expect(clippy::panic, reason = "tests look at what becomes of it")]
        Some("panic") => panic!("it was told to panic"),
        Some("change") => Ok(Model { size: "large".into(), ..new }),
        Some("unknown") => Ok(Model { echo: Attr::Unknown, ..new }),
        Some("wait") => {
            tracing::info!("echo waits");
            let stopped = tokio::time::timeout_at(call.deadline, call.cancel.cancelled()).await;
            stopped.map_err(|_| Diagnostic::error("It has waited in vain", "Nobody has stopped it."))?;
            // As a last write would that was under way; far longer than a process takes that ends at once.
            tokio::time::sleep(LAST_WRITE).await;
            Ok(new)
        }
        _ => Ok(new),
    }
}
