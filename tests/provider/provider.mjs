// Starts the OpenID Connect provider oidc-provider on a free port of this machine, and prints its address. It issues
// access tokens in the form of RFC 9068, for resources whose address ends with an algorithm. Persons log in on its
// development pages with any name and password. Its tokens live for 5 minutes, or as many seconds as a variable says.
// The process ends with its input.
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { createLocalJWKSet, jwtVerify } from 'jose';
import Provider, { errors } from 'oidc-provider';

const lifetime = Number(process.env.PROCEDO_TEST_TOKEN_SECONDS ?? 300);
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

const rsa = ['rsa', { modulusLength: 2048 }];
const kinds = { ES256: ['ec', { namedCurve: 'P-256' }], RS256: rsa, PS256: rsa, EdDSA: ['ed25519', {}] };
const keys = Object.entries(kinds).map(([alg, kind]) => {
  const { privateKey } = generateKeyPairSync(...kind);
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: `key of ${alg}` };
});
const known = createLocalJWKSet({
  keys: keys.map(({ alg, kid, ...key }) => {
    const publicKey = createPublicKey({ key, format: 'jwk' });
    return { ...publicKey.export({ format: 'jwk' }), alg, kid };
  }),
});

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', open(issuer).callback());
  console.log(issuer);
});
process.stdin.on('end', () => process.exit(0)).resume();

// open returns the provider of an issuer.
function open(issuer) {
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: [
      {
        client_id: 'console', application_type: 'native', token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/callback', 'http://127.0.0.1/auth/callback'], response_types: ['code'],
        post_logout_redirect_uris: ['http://127.0.0.1/ui/'], grant_types: ['authorization_code', 'refresh_token'],
      },
      {
        client_id: 'nightly', client_secret: 'nightly-secret', redirect_uris: [], response_types: [],
        grant_types: ['client_credentials'],
      },
      {
        client_id: 'assistant', client_secret: 'assistant-secret', redirect_uris: [], response_types: [],
        grant_types: [exchange],
      },
    ],
    cookies: { keys: [randomUUID()] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true, getResourceServerInfo: (ctx, audience) => resource(audience),
      },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: (ctx, token) => ({
      roles: ['operator'], groups: ['branch-12'], ...(token.accountId && { name: `Person ${token.accountId}` }),
      ...(ctx.oidc.params.grant_type === exchange && { act: { sub: token.clientId } }),
    }),
  });
  provider.registerGrantType(exchange, (ctx) => exchanged(provider, ctx), ['subject_token', 'subject_token_type']);
  provider.on('server_error', (ctx, error) => console.error(error));
  return provider;
}

// resource returns how access tokens for a resource are made.
function resource(audience) {
  const alg = audience.slice(audience.lastIndexOf('/') + 1);
  return { scope: 'openid', audience, accessTokenFormat: 'jwt', accessTokenTTL: lifetime, jwt: { sign: { alg } } };
}

// exchanged answers a token exchange (RFC 8693): the client acts for the subject of the token that it shows. The
// provider has no such grant itself, but issues the token.
async function exchanged(provider, ctx) {
  const { subject_token: shown, subject_token_type: type } = ctx.oidc.params;
  if (type !== 'urn:ietf:params:oauth:token-type:access_token') {
    throw new errors.InvalidRequest('subject_token_type');
  }
  const { payload } = await jwtVerify(shown, known, { issuer: provider.issuer });
  const token = new provider.AccessToken({
    accountId: payload.sub, client: ctx.oidc.client, grantId: 'exchange', gty: exchange, scope: 'openid',
  });
  token.resourceServer = new provider.ResourceServer(payload.aud, resource(payload.aud));
  ctx.oidc.entity('AccessToken', token);
  ctx.body = {
    access_token: await token.save(), issued_token_type: type, token_type: 'Bearer', expires_in: token.expiration,
  };
}
