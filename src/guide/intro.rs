//! What the rules are, how grave they are, and what a user can set.

use super::markdown::table;
use super::rules::basis;
use crate::availability::{Severity, Standing, severity};
use crate::catalog::model::{Basis, Catalog};
use crate::catalog::{read_word, words};

pub(super) fn section(catalog: &Catalog) -> String {
    let as_of = catalog.as_of;
    format!(
        r#"---
page_title: "Availability rules"
subcategory: ""
description: |-
  What Microsoft Defender for Cloud has where, since when and until when, and how the provider checks it in a plan.
---

<!-- Written by `cargo run --example docs` from src/catalog/data. Change the rows, not this page. -->

# Availability rules

What Azure takes depends on the plan, its sub-plan and extensions, on the target, the operating system, the cloud, the day
and your roles. The provider knows what Microsoft's documents say about that, and compares your configuration with it:
`terraform validate` and `terraform plan` tell you what Azure would refuse before anything is changed. Rules only add
errors and warnings. They never change what is planned.

This page holds all of that data. It is written for **{as_of}**, the day on which the rows were last compared with their
sources; "today" means that day here. For any other day, and for a program to read, there are

- the data source `defender_availability` and the functions `availability`, `subplans` and `extensions`,
- `terraform-provider-defender availability --date 2027-01-01`, which needs no Terraform.

## How grave a rule is

What a rule says ends with its id and the day of the rules, as in `rule MDC006 | rules as of {as_of}`. How grave it is depends
on what the rule rests on, and on whether something is new. A rule that lacks a fact, such as a value that is not known
before apply, stays silent or says less.

{}
A contradiction between Microsoft's pages never stops a plan.

## Settings

```terraform
provider "defender" {{
  # The day against which rules with a date are judged. Default: today, in UTC.
  reference_date = "{as_of}"

  # "error", "warning" or "off", by rule. For when Azure has become different from what this page says.
  rule_severity = {{
    MDC006 = "warning"
    MDC023 = "off"
  }}

  # Compares your permissions with what a plan needs, and warns of what seems to be missing: one request for each scope.
  # Default: true.
  preflight_permissions = false
}}
```
"#,
        grades()
    )
}

/// What each basis comes to, as the rules themselves decide it.
fn grades() -> String {
    let bases = words::<Basis>().iter().filter_map(|name| read_word::<Basis>(name));
    let rows = bases.filter(|basis| *basis != Basis::Note).map(|one| {
        let mut row = vec![basis(one).to_owned()];
        let grade = |standing| severity(one, standing).map_or("nothing", Severity::as_str);
        let grade = |standing| if one == Basis::Retirement { "by its dates" } else { grade(standing) };
        row.extend([Standing::New, Standing::Unclear, Standing::Live].map(grade).map(str::to_owned));
        row
    });
    table(&["What the rule rests on", "Something new", "Not known whether it is new", "There already"], rows)
}
