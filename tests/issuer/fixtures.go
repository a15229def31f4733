package issuer

// Fixture is a set of claims as a product sends them, with the settings that understand them.
type Fixture struct {
	Header Claims // beside alg and kid
	Claims Claims // the times, the issuer and the audience are those of the issuer, see Issued
	Flags  []string
	Actor  string // without the alias
	Name   string
	Roles  []string
	Groups []string
}

// Fixtures are sets of claims of products, by the name of the product.
//
// Keycloak (https://www.keycloak.org/docs/latest/server_admin/): realm roles are in realm_access, groups come with the
// mapper "Group Membership" as paths, and the header says JWT unless the client has the switch "Use at+jwt as access
// token header type". Entra (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference): app
// roles are in roles, groups are object ids, the header says JWT, and the subject is another one in each application.
var Fixtures = map[string]Fixture{
	"RFC 9068": {
		Header: Claims{"typ": "at+jwt"},
		Claims: Claims{
			"sub": "5ba552d67", "client_id": "s6BhdRkqt3", "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
			"scope": "openid profile", "auth_time": 1618354090, "acr": "urn:example:mfa",
			"roles": []string{"reviewer", "auditor"}, "groups": []string{"qa"}, "entitlements": []string{"x"},
		},
		Actor: "5ba552d67", Roles: []string{"reviewer", "auditor"}, Groups: []string{"qa"},
	},
	"RFC 9068, roles as a text": {
		Header: Claims{"typ": "application/at+jwt"},
		Claims: Claims{"sub": "svc", "client_id": "svc", "jti": "2", "scope": "operator other"},
		Flags:  []string{"--oidc-roles-claim=/scope"},
		Actor:  "svc", Roles: []string{"operator"},
	},
	"Keycloak": {
		Header: Claims{"typ": "JWT"},
		Claims: Claims{
			"sub": "f1c4f64e-2c0c-4cda-8c9f-9f3f8f3a2b0e", "typ": "Bearer", "azp": "procedo-console",
			"sid": "9d3b9a4e", "jti": "onrtac:3b1", "auth_time": 1767225590, "acr": "1",
			"allowed-origins": []string{"https://console.example.com"},
			"realm_access": Claims{"roles": []string{
				"default-roles-bank", "offline_access", "uma_authorization", "procedo-operator",
			}},
			"resource_access": Claims{"account": Claims{"roles": []string{"manage-account", "view-profile"}}},
			"scope":           "openid profile email", "email_verified": true, "name": "Jeanne Dupont",
			"preferred_username": "jdupont", "given_name": "Jeanne", "family_name": "Dupont",
			"email": "jdupont@example.com", "groups": []string{"/qa", "/qa/leads"},
		},
		Flags: []string{
			"--oidc-typ=JWT", "--oidc-roles-claim=/realm_access/roles",
			"--role=operator=procedo-operator", "--role=reviewer=/qa/leads",
		},
		Actor: "f1c4f64e-2c0c-4cda-8c9f-9f3f8f3a2b0e", Name: "Jeanne Dupont",
		Roles: []string{"operator", "reviewer"}, Groups: []string{"/qa", "/qa/leads"},
	},
	"Keycloak, roles of a client and at+jwt": {
		Header: Claims{"typ": "at+jwt"},
		Claims: Claims{
			"sub": "0f6a", "typ": "Bearer", "azp": "procedo-console", "name": "Paul",
			"realm_access":    Claims{"roles": []string{"admin"}},
			"resource_access": Claims{"procedo.api": Claims{"roles": []string{"author"}}},
		},
		Flags: []string{"--oidc-roles-claim=/resource_access/procedo.api/roles"},
		Actor: "0f6a", Name: "Paul", Roles: []string{"author"},
	},
	"Entra": {
		Header: Claims{"typ": "JWT", "x5t": "nOo3ZDrODXEK1jKWhXslHR_KXEg"},
		Claims: Claims{
			"sub": "VLiyHIM5k9X1kXQ6L8bQd3vGQp8yQ2oJ1Hn1V8V6y4A", "ver": "2.0", "aio": "AXQAi/8IAAAA",
			"azp": "6e74172b-be56-4843-9ff4-e66a39bb12e3", "azpacr": "0", "name": "Abe Lincoln",
			"oid":                "690222be-ff1a-4d56-abd1-7e4f7d38e474",
			"preferred_username": "abeli@example.com", "rh": "I", "scp": "access_as_user",
			"tid": "72f988bf-86f1-41af-91ab-2d7cd011db47", "uti": "fqiBqXLPj0eQa82S-IYFAA",
			"roles": []string{"operator", "admin"}, "groups": []string{"3d5b1a2c-0b1e-4c39-8f6d-2b8f4c1a9e77"},
		},
		Flags: []string{"--oidc-typ=JWT"},
		Actor: "VLiyHIM5k9X1kXQ6L8bQd3vGQp8yQ2oJ1Hn1V8V6y4A", Name: "Abe Lincoln",
		Roles: []string{"operator", "admin"}, Groups: []string{"3d5b1a2c-0b1e-4c39-8f6d-2b8f4c1a9e77"},
	},
	"Entra, groups": {
		Header: Claims{"typ": "JWT"},
		Claims: Claims{
			"sub": "sIpQ", "ver": "2.0", "azp": "6e74172b", "groups": []string{"3d5b1a2c-0b1e-4c39-8f6d-2b8f4c1a9e77"},
		},
		Flags: []string{"--oidc-typ=JWT", "--role=auditor=3d5b1a2c-0b1e-4c39-8f6d-2b8f4c1a9e77,other"},
		Actor: "sIpQ", Roles: []string{"auditor"}, Groups: []string{"3d5b1a2c-0b1e-4c39-8f6d-2b8f4c1a9e77"},
	},
	"Entra, an application with too many groups": {
		Header: Claims{"typ": "JWT"},
		Claims: Claims{
			"sub": "b1c2", "ver": "2.0", "idtyp": "app", "azpacr": "1", "hasgroups": true,
			"_claim_names": Claims{"groups": "src1"}, "_claim_sources": Claims{"src1": Claims{"endpoint": "https://x"}},
			"roles": []string{"operator"},
		},
		Flags: []string{"--oidc-typ=JWT"},
		Actor: "b1c2", Roles: []string{"operator"},
	},
	"a claim whose name is an address": {
		Header: Claims{"typ": "at+jwt"},
		Claims: Claims{"sub": "auth0|5f7c", "https://procedo.test/roles": []string{"author"}},
		Flags:  []string{"--oidc-roles-claim=/https:~1~1procedo.test~1roles"},
		Actor:  "auth0|5f7c", Roles: []string{"author"},
	},
}

// Issued returns a token with the claims of a fixture.
func (i *Issuer) Issued(f Fixture) string {
	return i.Signed(i.Header(f.Header), i.Claims(Claims{"client_id": nil, "name": nil}).With(f.Claims))
}
