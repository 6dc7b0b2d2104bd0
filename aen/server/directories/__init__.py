"""Where accounts come from: the store itself; LDAP and PAM join here."""
