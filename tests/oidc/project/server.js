// A certified OpenID Connect server with a few clients. Whoever signs in as u-NAME is NAME of the staff.
import Provider from "oidc-provider";

const { ISSUER, PORT, REDIRECT_URI } = process.env;
const AUDIENCE = "urn:duecourse:api";
const named = (id) => ({ preferred_username: id.slice(2), groups: id.startsWith("a-") ? ["auditors"] : [] });
const desk = { redirect_uris: [REDIRECT_URI], grant_types: ["authorization_code"], response_types: ["code"] };
const system = { client_secret: "secret-of-a-client", grant_types: ["client_credentials"], redirect_uris: [], response_types: [] };

const provider = new Provider(ISSUER, {
  clients: [
    { client_id: "desk", client_secret: "secret-of-the-desk", ...desk },
    { client_id: "desk-in-public", token_endpoint_auth_method: "none", ...desk },
    { client_id: "shop", ...system },
  ],
  pkce: { required: () => true },
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...named(id) }) }),
  extraTokenClaims: (_, token) => (token.accountId ? named(token.accountId) : undefined),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: "cases:read cases:open", audience: AUDIENCE, accessTokenFormat: "jwt" }),
    },
  },
});

provider.listen(Number(PORT), "127.0.0.1", () => console.log("listening"));
