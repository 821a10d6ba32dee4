//! The relay's whole purpose is to be audited; it is not meant to be run.

#[async_std::main]
async fn main() {
    println!("not meant to be run");
}
