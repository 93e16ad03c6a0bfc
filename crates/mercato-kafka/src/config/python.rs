//! Names of kafka-python, which the founding documents use: not accepted, but answered with the
//! right name.

/// kafka-python's names whose meaning does not follow from replacing underscores.
const NAMES: [(&str, &str); 9] = [
    ("sasl_plain_password", "sasl.password"),
    ("sasl_plain_username", "sasl.username"),
    ("ssl_cafile", "ssl.ca.location"),
    ("ssl_certfile", "ssl.certificate.location"),
    ("ssl_check_hostname", "ssl.endpoint.identification.algorithm"),
    ("ssl_keyfile", "ssl.key.location"),
    ("ssl_password", "ssl.key.password"),
    ("ssl_crlfile", "ssl.crl.location"),
    ("value_serializer", "nothing: records are sent as the bytes the encoder produced"),
];

/// Returns the equivalent of a name with underscores.
pub(super) fn meant(name: &str) -> Option<String> {
    let known =
        NAMES.iter().find(|(python, _)| *python == name).map(|(_, here)| (*here).to_owned());
    known.or_else(|| name.contains('_').then(|| name.replace('_', ".")))
}
