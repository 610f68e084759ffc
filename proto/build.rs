//! Compiles the protocol's `.proto` files with protox, so that no protoc is needed to build this crate.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = ["tfplugin6.proto", "go_plugin.proto", "health.proto"];
    for path in files.into_iter().chain(["tfplugin6"]) {
        println!("cargo::rerun-if-changed={path}");
    }
    tonic_prost_build::configure()
        .build_client(true)
        .build_transport(false)
        .generate_default_stubs(true)
        .bytes(".tfplugin6.DynamicValue")
        .bytes(".tfplugin6.RawState")
        .compile_fds(protox::compile(files, ["."])?)?;
    Ok(())
}
