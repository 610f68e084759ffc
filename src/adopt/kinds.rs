//! What is adopted, kind by kind.

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Defender plans.
    Plans,
    /// Integrations with other products.
    Settings,
    /// Whom Defender writes to.
    Contacts,
    /// The workspace of a subscription.
    Workspaces,
    /// Who looks for vulnerabilities.
    Assessments,
    /// Storage accounts with settings of their own.
    Storage,
    /// Policy assignments.
    Assignments,
}

impl Kind {
    /// All of them, in the order in which they are written.
    pub const ALL: [Self; 7] = [
        Self::Plans,
        Self::Settings,
        Self::Contacts,
        Self::Workspaces,
        Self::Assessments,
        Self::Storage,
        Self::Assignments,
    ];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// The resource type.
    pub(super) fn resource(self) -> &'static str {
        self.row().1
    }

    /// So many of them, in words.
    pub(super) fn counted(self, count: usize) -> String {
        let (_, _, one, many) = self.row();
        format!("{count} {}", if count == 1 { one } else { many })
    }

    /// What they are called.
    pub(super) fn many(self) -> &'static str {
        self.row().3
    }

    /// Word, resource type, and what one and many are called.
    fn row(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Plans => ("plans", "defender_plan", "plan", "plans"),
            Self::Settings => ("settings", "defender_setting", "setting", "settings"),
            Self::Contacts => {
                ("contacts", "defender_security_contact", "security contact", "security contacts")
            }
            Self::Workspaces => ("workspaces", "defender_workspace", "workspace", "workspaces"),
            Self::Assessments => (
                "assessments",
                "defender_vulnerability_assessment",
                "vulnerability assessment",
                "vulnerability assessments",
            ),
            Self::Storage => {
                ("storage", "defender_storage_protection", "storage account", "storage accounts")
            }
            Self::Assignments => {
                ("assignments", "defender_policy_assignment", "policy assignment", "policy assignments")
            }
        }
    }
}
