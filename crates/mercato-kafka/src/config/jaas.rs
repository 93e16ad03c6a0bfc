//! Java's login lines (`sasl.jaas.config`), as far as they say what librdkafka has properties for.

/// A login line, under librdkafka's names.
pub(super) struct Login {
    /// The mechanism, where the module has only one.
    pub(super) mechanism: Option<&'static str>,
    /// Properties and values.
    pub(super) properties: Vec<(&'static str, String)>,
}

const FORM: &str = "write org.apache.kafka.common.security.plain.PlainLoginModule required username=\"...\" password=\"...\"; \
                    or set sasl.username and sasl.password";

/// Reads a login line; an error says what is wrong and shows nothing of the line.
pub(super) fn login(line: &str) -> Result<Login, String> {
    let mut words = words(line.trim().trim_end_matches(';')).into_iter();
    let class = words.next().unwrap_or_default();
    let module = class.rsplit('.').next().unwrap_or_default();
    let options: Vec<(String, String)> = words
        .filter_map(|word| {
            word.split_once('=').map(|(name, value)| (name.to_owned(), unquoted(value).to_owned()))
        })
        .collect();
    let (mechanism, wanted): (_, &[(&str, &str)]) = match module {
        "PlainLoginModule" => {
            (Some("PLAIN"), &[("username", "sasl.username"), ("password", "sasl.password")])
        }
        "ScramLoginModule" => {
            (None, &[("username", "sasl.username"), ("password", "sasl.password")])
        }
        "OAuthBearerLoginModule" => (
            Some("OAUTHBEARER"),
            &[
                ("clientId", "sasl.oauthbearer.client.id"),
                ("clientSecret", "sasl.oauthbearer.client.secret"),
            ],
        ),
        "Krb5LoginModule" => {
            return Err("it requires Kerberos (GSSAPI), which this client does not include; use SCRAM or a client \
                        certificate"
                .to_owned());
        }
        "" => return Err(format!("it is empty; {FORM}")),
        // Not even the name is shown: of a broken line the first word may be the password.
        _ => {
            return Err(format!(
                "its login module is a Java class, which this client cannot run; {FORM}"
            ));
        }
    };
    let find = |(option, property): &(&str, &'static str)| {
        let found = options.iter().find(|(name, _)| name == option);
        found
            .map(|(_, value)| (*property, value.clone()))
            .ok_or_else(|| format!("it lacks {option}=\"...\"; {FORM}"))
    };
    let properties = wanted
        .iter()
        .map(|(option, property)| find(&(*option, *property)))
        .collect::<Result<_, _>>()?;
    Ok(Login { mechanism, properties })
}

/// The words of a line; white space within quotes divides none.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut escaped) = (Vec::new(), String::new(), None, false);
    for letter in line.chars() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => {
                escaped = true;
                continue;
            }
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, _) if letter.is_whitespace() => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                continue;
            }
            _ => {}
        }
        word.push(letter);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_line_becomes_name_and_password() {
        let line = "org.apache.kafka.common.security.plain.PlainLoginModule required \
                    username=\"key one\" password='se=cr\\'et;' ;";
        let login = login(line).unwrap();
        assert_eq!(login.mechanism, Some("PLAIN"));
        let expected =
            [("sasl.username", "key one".to_owned()), ("sasl.password", "se=cr'et;".to_owned())];
        assert_eq!(login.properties, expected);
    }

    #[test]
    fn what_cannot_be_meant_is_said_without_the_secret() {
        for (line, said) in [
            ("", "it is empty"),
            (
                "com.sun.security.auth.module.Krb5LoginModule required keyTab=\"hunter2\";",
                "Kerberos (GSSAPI)",
            ),
            ("com.example.OwnLogin required password=\"hunter2\";", "is a Java class"),
            ("a.ScramLoginModule required password=\"hunter2\";", "it lacks username"),
        ] {
            let error = login(line).err().unwrap();
            assert!(error.contains(said) && !error.contains("hunter2"), "{error}");
        }
    }
}
