//! Licences for the load: of the tenant's first product, some of them activated. Prints the keys that it
//! activated, and then as many others, a line each: key, device, and the product's name.

use std::fmt::Write as _;
use std::io::Read as _;
use std::sync::Arc;

use domain::license_form::LicenseForm;
use domain::program_form::ActivationForm;
use engine::licenses::generate::{self, Side};
use engine::licenses::{LicenseView, activate};
use engine::{Actor, Engine, tokens};

use crate::ports::{Now, Place, start};

/// Licences of one call.
const TOGETHER: usize = 100;

/// Makes so many licences, activates so many, and tells so many others; a token is on the standard input.
pub async fn execute(place: Place<'_>, [licenses, activated, others]: [usize; 3]) {
    let mut token = String::new();
    std::io::stdin()
        .read_to_string(&mut token)
        .expect("a token on the standard input");
    let engine = start(place, Arc::new(Now), None).await;
    let actor = tokens::authenticate::execute(&engine, token.trim())
        .await
        .expect("a token of the tenant");
    let product = first_product(&engine, &actor).await;
    let mut printed = 0;
    let mut text = String::new();
    for first in (0..licenses).step_by(TOGETHER) {
        let count = TOGETHER.min(licenses - first);
        for license in generate(&engine, &actor, &product, (first, count)).await {
            if printed >= activated + others {
                break;
            }
            let device = format!("DEVICE-{printed:08}");
            if printed < activated {
                activate(&engine, &actor, (&license, &product, &device)).await;
            }
            printed += 1;
            writeln!(text, "{}\t{device}\t{product}", license.activation_key)
                .expect("a string takes all");
        }
    }
    print!("{text}");
    engine.db().close().await;
}

async fn first_product(engine: &Engine, actor: &Actor) -> String {
    let products = engine::products::list::execute(engine, actor).await;
    let products = products.expect("the products are listed");
    products.first().expect("a product").fields.name.clone()
}

async fn generate(
    engine: &Engine,
    actor: &Actor,
    product: &str,
    (first, count): (usize, usize),
) -> Vec<LicenseView> {
    let form = LicenseForm {
        product_name: Some(product.to_owned()),
        email: Some(format!("holder{first}@example.com")),
        quantity: Some(count.to_string()),
        ..LicenseForm::default()
    };
    let made = generate::execute(engine, actor, &form, Side::Live).await;
    made.expect("licences are generated")
}

async fn activate(
    engine: &Engine,
    actor: &Actor,
    (license, product, device): (&LicenseView, &str, &str),
) {
    let form = ActivationForm {
        activation_key: Some(license.activation_key.to_string()),
        hardware_id: Some(device.to_owned()),
        product_name: Some(product.to_owned()),
        version: Some("1.0.0".into()),
        ..ActivationForm::default()
    };
    let address = std::net::Ipv4Addr::LOCALHOST.into();
    let activated = activate::execute(engine, actor, &form, address).await;
    activated.expect("a licence is activated");
}
