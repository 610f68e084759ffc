//! The query language, as far as it goes here: a table, then any number of the operators of [`Operator`], in any order.
//! <https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language>
//!
//! Kusto's keywords and columns have one letter case; `in~` and `=~` compare without it. Texts stand in `'` or `"`.

use std::iter::Peekable;
use std::str::Chars;

/// A query as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// The table.
    pub(crate) table: Table,
    /// What is done with its rows, in this order.
    pub(crate) operators: Vec<Operator>,
}

/// A table that the emulator has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// `resources`.
    Resources,
    /// `kubernetesconfigurationresources`.
    KubernetesConfiguration,
    /// `resourcecontainers`: subscriptions and management groups.
    Containers,
    /// `securityresources`: Defender plans.
    Security,
    /// `policyresources`: assignments.
    Policy,
}

/// One step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `where type in~ ('a', 'b')`, `where type =~ 'a'`, `where id =~ 'a'`; the texts are lower case.
    Where(Column, Vec<String>),
    /// `where type == 'a'`, in this letter case.
    Exactly(Column, String),
    /// `where id !contains 'a'`; the text is lower case.
    Without(Column, String),
    /// `project a, b, c = properties.d, e = tostring(properties.f)`.
    Project(Vec<Projected>),
    /// `order by id asc`: the order that rows have anyway.
    OrderById,
    /// `limit 5`.
    Limit(usize),
}

/// A column of a projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Projected {
    /// What it is called.
    pub(crate) name: String,
    /// The column that it comes from, and the fields on the way to it.
    pub(crate) path: Vec<String>,
    /// What is made of it.
    pub(crate) cast: Cast,
}

/// What a projection makes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cast {
    /// Nothing.
    None,
    /// `tostring(…)`: what is not there is an empty text.
    Text,
    /// `tobool(…)`: what is none is null.
    Flag,
}

/// A column that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// `id`.
    Id,
    /// `type`.
    Type,
}

/// Where a query stops being understood: a position and what stands there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misread {
    /// The position in characters, from 0.
    pub(crate) at: usize,
    /// What stands there.
    pub(crate) token: String,
}

/// Columns of every table.
pub(crate) const COLUMNS: [&str; 16] = [
    "extendedLocation",
    "id",
    "identity",
    "kind",
    "location",
    "managedBy",
    "name",
    "plan",
    "properties",
    "resourceGroup",
    "sku",
    "subscriptionId",
    "tags",
    "tenantId",
    "type",
    "zones",
];

/// Reads a query.
///
/// # Errors
/// Where it stops being understood.
pub(crate) fn read(text: &str) -> Result<Query, Misread> {
    let tokens = tokens(text)?;
    let columns = COLUMNS.iter().map(|&column| column.to_owned()).collect();
    let mut reader = Reader { tokens: &tokens, next: 0, length: text.chars().count(), columns };
    let table = reader.table()?;
    let mut operators = Vec::new();
    while !reader.is_over() {
        reader.expect("|")?;
        operators.push(reader.operator()?);
    }
    Ok(Query { table, operators })
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    at: usize,
    text: String,
    quoted: bool,
}

fn tokens(text: &str) -> Result<Vec<Token>, Misread> {
    let mut tokens = Vec::new();
    let mut characters = text.chars().peekable();
    let mut at = 0;
    while let Some(first) = characters.next() {
        let start = at;
        at += 1;
        if first.is_whitespace() {
            continue;
        }
        let quoted = first == '\'' || first == '"';
        let text = if quoted {
            let read = take(&mut characters, |c| c != first);
            at += read.chars().count() + 1;
            if characters.next() != Some(first) || read.contains('\\') {
                return Err(Misread { at: start, token: format!("{first}{read}") });
            }
            read
        } else if is_word(first) {
            let rest = take(&mut characters, is_word);
            at += rest.chars().count();
            format!("{first}{rest}")
        } else {
            first.to_string()
        };
        tokens.push(Token { at: start, text, quoted });
    }
    Ok(tokens)
}

fn take(characters: &mut Peekable<Chars<'_>>, wanted: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    while let Some(next) = characters.next_if(|&next| wanted(next)) {
        text.push(next);
    }
    text
}

/// A tilde belongs to `in~`, and to the second half of `=~`.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '~')
}

struct Reader<'a> {
    tokens: &'a [Token],
    next: usize,
    length: usize,
    /// The columns that are there, which a `project` makes fewer.
    columns: Vec<String>,
}

impl Reader<'_> {
    fn is_over(&self) -> bool {
        self.next >= self.tokens.len()
    }

    fn misread<T>(&self) -> Result<T, Misread> {
        let here = self.tokens.get(self.next);
        let misread = here.map(|token| Misread { at: token.at, token: token.text.clone() });
        Err(misread.unwrap_or(Misread { at: self.length, token: "<EOF>".to_owned() }))
    }

    /// The next token where it is no quoted text.
    fn word(&self) -> Option<&str> {
        self.tokens.get(self.next).filter(|token| !token.quoted).map(|token| token.text.as_str())
    }

    fn accept(&mut self, word: &str) -> bool {
        let there = self.word() == Some(word);
        self.next += usize::from(there);
        there
    }

    fn expect(&mut self, word: &str) -> Result<(), Misread> {
        if self.accept(word) { Ok(()) } else { self.misread() }
    }

    /// Tables alone may have any letter case: Microsoft's examples write `Resources`.
    fn table(&mut self) -> Result<Table, Misread> {
        let table = match self.word().map(str::to_ascii_lowercase).as_deref() {
            Some("resources") => Table::Resources,
            Some("kubernetesconfigurationresources") => Table::KubernetesConfiguration,
            Some("resourcecontainers") => Table::Containers,
            Some("securityresources") => Table::Security,
            Some("policyresources") => Table::Policy,
            _ => return self.misread(),
        };
        self.next += 1;
        Ok(table)
    }

    fn operator(&mut self) -> Result<Operator, Misread> {
        if self.accept("where") {
            return self.comparison();
        }
        if self.accept("project") {
            let mut columns = vec![self.projected()?];
            while self.accept(",") {
                columns.push(self.projected()?);
            }
            self.columns = columns.iter().map(|column| column.name.clone()).collect();
            return Ok(Operator::Project(columns));
        }
        if self.accept("order") {
            self.expect("by")?;
            self.expect_column("id")?;
            self.expect("asc")?;
            return Ok(Operator::OrderById);
        }
        if self.accept("limit") {
            let Some(limit) = self.word().and_then(|word| word.parse().ok()) else { return self.misread() };
            self.next += 1;
            return Ok(Operator::Limit(limit));
        }
        self.misread()
    }

    fn comparison(&mut self) -> Result<Operator, Misread> {
        let column = if self.word() == Some("type") { Column::Type } else { Column::Id };
        self.expect_column(if column == Column::Type { "type" } else { "id" })?;
        if column == Column::Type && self.accept("in~") {
            self.expect("(")?;
            let mut texts = vec![self.text()?.to_ascii_lowercase()];
            while self.accept(",") {
                texts.push(self.text()?.to_ascii_lowercase());
            }
            self.expect(")")?;
            return Ok(Operator::Where(column, texts));
        }
        if column == Column::Id && self.accept("!") {
            self.expect("contains")?;
            return Ok(Operator::Without(column, self.text()?.to_ascii_lowercase()));
        }
        self.expect("=")?;
        if self.accept("=") {
            return Ok(Operator::Exactly(column, self.text()?));
        }
        self.expect("~")?;
        Ok(Operator::Where(column, vec![self.text()?.to_ascii_lowercase()]))
    }

    fn projected(&mut self) -> Result<Projected, Misread> {
        let alias = self.tokens.get(self.next + 1).is_some_and(|token| token.text == "=" && !token.quoted);
        if !alias {
            let name = self.column()?;
            return Ok(Projected { path: vec![name.clone()], name, cast: Cast::None });
        }
        let name = self.word().unwrap_or_default().to_owned();
        self.next += 2;
        let cast = match self.word() {
            Some("tostring") => Cast::Text,
            Some("tobool") => Cast::Flag,
            _ => Cast::None,
        };
        if cast != Cast::None {
            self.next += 1;
            self.expect("(")?;
        }
        let mut path = vec![self.column()?];
        while self.accept(".") {
            let Some(field) = self.word().map(str::to_owned) else { return self.misread() };
            path.push(field);
            self.next += 1;
        }
        if cast != Cast::None {
            self.expect(")")?;
        }
        Ok(Projected { name, path, cast })
    }

    fn column(&mut self) -> Result<String, Misread> {
        let word = self.word().unwrap_or_default().to_owned();
        if !self.columns.contains(&word) {
            return self.misread();
        }
        self.next += 1;
        Ok(word)
    }

    fn expect_column(&mut self, column: &str) -> Result<(), Misread> {
        if self.word() == Some(column) { self.column().map(drop) } else { self.misread() }
    }

    fn text(&mut self) -> Result<String, Misread> {
        let Some(token) = self.tokens.get(self.next).filter(|token| token.quoted) else {
            return self.misread();
        };
        self.next += 1;
        Ok(token.text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(column: &str) -> Projected {
        Projected { name: column.to_owned(), path: vec![column.to_owned()], cast: Cast::None }
    }

    #[test]
    fn plans_of_all_subscriptions_are_read() {
        let text = "securityresources | where type == 'A/b' | where id !contains '/resourceGroups/' \
                    | project id, tier = tostring(properties.pricingTier), old = tobool(properties.deprecated), \
                    extensions = properties.extensions | order by id asc";
        let path = |name: &str, field: &str, cast: Cast| Projected {
            name: name.to_owned(),
            path: vec!["properties".to_owned(), field.to_owned()],
            cast,
        };
        let operators = vec![
            Operator::Exactly(Column::Type, "A/b".to_owned()),
            Operator::Without(Column::Id, "/resourcegroups/".to_owned()),
            Operator::Project(vec![
                plain("id"),
                path("tier", "pricingTier", Cast::Text),
                path("old", "deprecated", Cast::Flag),
                path("extensions", "extensions", Cast::None),
            ]),
            Operator::OrderById,
        ];
        assert_eq!(read(text), Ok(Query { table: Table::Security, operators }));
    }

    #[test]
    fn what_is_known_is_read() {
        let check = |text: &str, table: Table, operators: Vec<Operator>| {
            assert_eq!(read(text), Ok(Query { table, operators }), "{text}");
        };
        let types = |types: &[&str]| {
            Operator::Where(Column::Type, types.iter().map(|&kind| kind.to_owned()).collect())
        };
        let columns =
            |columns: &[&str]| Operator::Project(columns.iter().map(|column| plain(column)).collect());
        check("resources", Table::Resources, vec![]);
        check(
            "Resources | where type in~ ('A.B/c', \"d\") | project id, name,properties | order by id asc | limit 3",
            Table::Resources,
            vec![
                types(&["a.b/c", "d"]),
                columns(&["id", "name", "properties"]),
                Operator::OrderById,
                Operator::Limit(3),
            ],
        );
        check(
            "kubernetesconfigurationresources\n| where type=~'x'\n| where id =~ '/A'\n",
            Table::KubernetesConfiguration,
            vec![types(&["x"]), Operator::Where(Column::Id, vec!["/a".to_owned()])],
        );
    }

    #[test]
    fn everything_else_is_refused_where_it_begins() {
        let check = |text: &str, at: usize, token: &str| {
            assert_eq!(read(text), Err(Misread { at, token: token.to_owned() }), "{text}");
        };
        check("", 0, "<EOF>");
        check("healthresources", 0, "healthresources");
        check("resources | where type != 'x'", 23, "!");
        check("resources | project a = toint(properties.b)", 24, "toint");
        check("resources | where name =~ 'x'", 18, "name");
        check("resources | where id in~ ('x')", 21, "in~");
        check("resources | where type =~ x", 26, "x");
        check("resources | where type =~ 'x", 26, "'x");
        check("resources | project id, Name", 24, "Name");
        check("resources | project properties.status", 30, ".");
        check("resources | project name | order by id asc", 36, "id");
        check("resources | project id | where type =~ 'x'", 31, "type");
        check("resources | order by id desc", 24, "desc");
        check("resources | limit many", 18, "many");
        check("resources | summarize count()", 12, "summarize");
        check("resources |", 11, "<EOF>");
    }
}
