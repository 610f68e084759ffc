//! A Unix socket that only this user, and one group on request, can reach.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::net::UnixListener;

use super::Address;
use crate::handshake::HostEnvironment;

/// A connection as the operating system hands it over.
pub(crate) type Socket = tokio::net::UnixStream;

/// The longest directory that leaves room for ours and the socket's name: a socket's path has at most 108
/// bytes on Linux and 104 on macOS, with the closing zero.
const DIRECTORY_LENGTH_MAX: usize = 80;

/// A bound socket; dropping it removes the socket and its directory.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: UnixListener,
    address: Address,
    /// Holds the directory until the listener goes.
    _directory: TempDir,
}

impl Listener {
    /// Binds a socket `s` in a new directory with mode 0700, below the directory that the host names.
    ///
    /// With `PLUGIN_UNIX_SOCKET_GROUP` the group may pass through the directory (0710) and write to the
    /// socket (0660). Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// The directory cannot be made, the path is too long or not UTF-8, the group is unknown or not ours.
    pub(crate) fn bind(host: &HostEnvironment) -> io::Result<Self> {
        let parent = host.socket_directory.clone().unwrap_or_else(default_directory);
        let directory = tempfile::Builder::new()
            .prefix("plugin")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)?;
        let path = directory.path().join("s");
        let text =
            path.to_str().ok_or_else(|| io::Error::other("the socket's path is not UTF-8"))?.to_owned();
        let socket = UnixListener::bind(&path)?;
        if let Some(group) = &host.socket_group {
            open_to_group(directory.path(), &path, group)?;
        }
        Ok(Self { socket, address: Address::Unix(text), _directory: directory })
    }

    /// The socket's path.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    /// Passing ones, such as too many open files; the listener stays usable.
    pub(crate) async fn accept(&self) -> io::Result<Socket> {
        Ok(self.socket.accept().await?.0)
    }
}

/// The temporary directory, or `/tmp` where `TMPDIR` is too long for a socket in it.
fn default_directory() -> PathBuf {
    let directory = std::env::temp_dir();
    if directory.as_os_str().len() > DIRECTORY_LENGTH_MAX { PathBuf::from("/tmp") } else { directory }
}

fn open_to_group(directory: &Path, socket: &Path, group: &str) -> io::Result<()> {
    let gid = match group.parse() {
        Ok(gid) => gid,
        Err(_) => group_id(&fs::read_to_string("/etc/group")?, group).ok_or_else(|| {
            io::Error::other(format!("there is no group {group:?} for the plugin's socket"))
        })?,
    };
    for (path, mode) in [(directory, 0o710), (socket, 0o660)] {
        chown(path, None, Some(gid))?;
        fs::set_permissions(path, Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// Finds a group's number in the text of `/etc/group`: lines of `name:password:number:members`.
fn group_id(table: &str, group: &str) -> Option<u32> {
    table.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(group)).then(|| fields.nth(1)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_by_its_whole_name() {
        let table = "root:x:0:\nadm:x:4:syslog,me\nbroken\nodd:x:many:\n";
        for (group, expected) in
            [("adm", Some(4)), ("root", Some(0)), ("ad", None), ("broken", None), ("odd", None), ("x", None)]
        {
            assert_eq!(group_id(table, group), expected, "{group}");
        }
    }
}
