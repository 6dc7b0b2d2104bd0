"""Where accounts come from: the store itself, LDAP, PAM, or a back end of others."""
