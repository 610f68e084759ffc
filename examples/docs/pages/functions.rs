//! Pages of functions.

use tfplugin_protocol::Type;
use tfplugin_protocol::schema::{Parameter, Signature};

use super::fields::{Field, of_objects, of_type};
use super::markdown::{fenced, head};
use super::{PROVIDER, Sources, guides, types};

/// The page.
pub(super) fn page(sources: &Sources, name: &str, signature: &Signature) -> Result<String, String> {
    let description =
        if signature.description.is_empty() { &signature.summary } else { &signature.description };
    let returns = words(&signature.returns);
    Ok([
        head(&format!("{name} function - {PROVIDER}"), &format!("function: {name}"), description),
        types::usage(sources, &format!("functions/{name}"))?,
        format!(
            "\n## Signature\n\n{}",
            fenced("text", &format!("{name}({}) {returns}", parameters(signature)))
        ),
        format!("\n## Arguments\n\n{}", arguments(signature)),
        format!(
            "\n## Return Type\n\nThe return type of `{name}` is a {returns}{}",
            objects(&signature.returns)
        ),
        guides::links(&sources.guides, name),
    ]
    .concat())
}

fn parameters(signature: &Signature) -> String {
    let plain = signature.parameters.iter().map(|one| format!("{} {}", one.name, words(&one.ty)));
    let variadic = signature.variadic.iter().map(|one| format!("{} {}...", one.name, words(&one.ty)));
    plain.chain(variadic).collect::<Vec<_>>().join(", ")
}

fn arguments(signature: &Signature) -> String {
    let plain = signature.parameters.iter().map(|one| (one, None));
    let variadic = signature.variadic.iter().map(|one| (one, Some("Variadic")));
    let line = |(place, (parameter, variadic)): (usize, (&Parameter, Option<&'static str>))| {
        let nullable = parameter.nullable.then_some("Nullable");
        let labels = variadic.map(str::to_owned).into_iter().chain([of_type(&parameter.ty)]);
        let labels = labels.chain(nullable.map(str::to_owned)).collect::<Vec<_>>().join(", ");
        format!("{}. `{}` ({labels}) {}\n", place + 1, parameter.name, parameter.description)
    };
    plain.chain(variadic).enumerate().map(line).collect()
}

/// A type as tfplugindocs writes it in signatures.
fn words(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::List(element) => format!("list of {}", words(element)),
        Type::Set(element) => format!("set of {}", words(element)),
        Type::Map(element) => format!("map of {}", words(element)),
        Type::String | Type::Number | Type::Dynamic | Type::Tuple(_) | Type::Object(_) => {
            of_type(ty).to_lowercase()
        }
    }
}

/// What stands in the objects that come back.
fn objects(ty: &Type) -> String {
    let fields = of_objects(ty);
    if fields.is_empty() {
        return ".\n".to_owned();
    }
    format!(", with\n\n{}", lines(&fields, ""))
}

fn lines(fields: &[Field], indent: &str) -> String {
    let line = |field: &Field| {
        let inside = lines(&field.inside, &format!("{indent}  "));
        format!("{indent}- `{}` ({})\n{inside}", field.name, field.label)
    };
    fields.iter().map(line).collect()
}
