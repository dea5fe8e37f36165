//! An authority of our own, and the server's certificate from it.
//!
//! `ca.pem` is what clients are told to trust; its private key lies beside it, for the owner alone. The
//! server's own key is made anew with each certificate and never touches the disk. The extensions are
//! those that Python 3.13's strict check (RFC 5280) asks for.

use std::fs;
use std::io;
use std::path::Path;

use domain::timestamp::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use time::OffsetDateTime;

use crate::boot::{BootError, write_private};

/// The authority's certificate holds so long: clients have to be told anew after it.
const AUTHORITY_DAYS: i64 = 3_650;
/// A server's certificate holds so long.
const CERTIFICATE_DAYS: i64 = 90;
/// It is renewed so long before its end.
const RENEWED_BEFORE_DAYS: i64 = 30;
/// Clocks of clients may be late.
const BACKDATED_DAYS: i64 = -1;

/// A certificate made here.
pub struct Issued {
    /// The server's certificate, then the authority's, PEM.
    pub chain_pem: String,
    /// The server's private key, PEM.
    pub key_pem: String,
    /// When to make the next.
    pub renew_at: Timestamp,
}

/// Makes a certificate for these names and addresses; the authority too, where the folder has none.
pub fn issue(folder: &Path, hosts: &[String], now: Timestamp) -> Result<Issued, BootError> {
    let (authority_pem, authority_key) = authority(folder, now)?;
    let issuer = Issuer::from_ca_cert_pem(&authority_pem, authority_key)
        .map_err(|e| unusable(folder, &e))?;
    let key = KeyPair::generate().map_err(|e| failed(&e))?;
    let mut wanted = CertificateParams::new(hosts).map_err(|e| failed(&e))?;
    wanted.distinguished_name = named("ExisOne");
    wanted.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    wanted.use_authority_key_identifier_extension = true;
    wanted.is_ca = IsCa::ExplicitNoCa;
    wanted.not_before = moment(now.plus_days(BACKDATED_DAYS));
    wanted.not_after = moment(now.plus_days(CERTIFICATE_DAYS));
    let certificate = wanted.signed_by(&key, &issuer).map_err(|e| failed(&e))?;
    Ok(Issued {
        chain_pem: format!("{}{authority_pem}", certificate.pem()),
        key_pem: key.serialize_pem(),
        renew_at: now.plus_days(CERTIFICATE_DAYS - RENEWED_BEFORE_DAYS),
    })
}

fn authority(folder: &Path, now: Timestamp) -> Result<(String, KeyPair), BootError> {
    let (certificate, key) = (folder.join("ca.pem"), folder.join("ca.key"));
    let cannot = |path: &Path, e: &io::Error| {
        BootError::with(&format!("{} cannot be read", path.display()), e)
    };
    let is_there = |path: &Path| path.try_exists().map_err(|e| cannot(path, &e));
    match (is_there(&certificate)?, is_there(&key)?) {
        (true, true) => {
            let certificate =
                fs::read_to_string(&certificate).map_err(|e| cannot(&certificate, &e))?;
            let key = fs::read_to_string(&key).map_err(|e| cannot(&key, &e))?;
            let key = KeyPair::from_pem(&key).map_err(|e| unusable(folder, &e))?;
            Ok((certificate, key))
        }
        (false, false) => make_authority((&certificate, &key), now),
        // A new authority would be trusted by nobody: that is a person's decision.
        _ => Err(BootError(format!(
            "{} and {} belong together, and one of them is missing. Put it back, or remove the other to \
             have both made anew; clients then have to trust the new ca.pem.",
            certificate.display(),
            key.display()
        ))),
    }
}

fn make_authority(
    (certificate, key): (&Path, &Path),
    now: Timestamp,
) -> Result<(String, KeyPair), BootError> {
    let pair = KeyPair::generate().map_err(|e| failed(&e))?;
    let mut wanted = CertificateParams::default();
    wanted.distinguished_name = named("ExisOne own authority");
    wanted.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    wanted.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    wanted.not_before = moment(now.plus_days(BACKDATED_DAYS));
    wanted.not_after = moment(now.plus_days(AUTHORITY_DAYS));
    let made = wanted.self_signed(&pair).map_err(|e| failed(&e))?.pem();
    write_private(key, &pair.serialize_pem())?;
    fs::write(certificate, &made).map_err(|e| {
        BootError::with(&format!("{} cannot be written", certificate.display()), &e)
    })?;
    tracing::info!(
        file = %certificate.display(),
        "made an authority of its own: tell clients to trust this file"
    );
    Ok((made, pair))
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn moment(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.unix_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn failed(error: &rcgen::Error) -> BootError {
    BootError::with("a certificate cannot be made", error)
}

fn unusable(folder: &Path, error: &rcgen::Error) -> BootError {
    let sentence = format!("ca.pem and ca.key in {} cannot be used", folder.display());
    BootError::with(&sentence, error)
}
