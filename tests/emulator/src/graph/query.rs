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
}

/// One step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `where type in~ ('a', 'b')`, `where type =~ 'a'`, `where id =~ 'a'`; the texts are lower case.
    Where(Column, Vec<String>),
    /// `project a, b`.
    Project(Vec<String>),
    /// `order by id asc`: the order that rows have anyway.
    OrderById,
    /// `limit 5`.
    Limit(usize),
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
            let mut columns = vec![self.column()?];
            while self.accept(",") {
                columns.push(self.column()?);
            }
            self.columns.clone_from(&columns);
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
            let mut texts = vec![self.text()?];
            while self.accept(",") {
                texts.push(self.text()?);
            }
            self.expect(")")?;
            return Ok(Operator::Where(column, texts));
        }
        self.expect("=")?;
        self.expect("~")?;
        Ok(Operator::Where(column, vec![self.text()?]))
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
        Ok(token.text.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_read() {
        let check = |text: &str, table: Table, operators: Vec<Operator>| {
            assert_eq!(read(text), Ok(Query { table, operators }), "{text}");
        };
        let types = |types: &[&str]| {
            Operator::Where(Column::Type, types.iter().map(|&kind| kind.to_owned()).collect())
        };
        let columns =
            |columns: &[&str]| Operator::Project(columns.iter().map(|&column| column.to_owned()).collect());
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
        check("securityresources", 0, "securityresources");
        check("resources | where type == 'x'", 24, "=");
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
