// A wallet and a verifier made of independent libraries alone: @openid4vc for OpenID4VCI, @sd-jwt
// for credentials and status lists. Reads what to do as JSON from standard input, writes what it
// found as JSON to standard output; a refusal it did not expect ends it with an error.

import { X509Certificate, createHash, randomBytes, webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'

import {
  Oauth2ClientErrorResponseError,
  calculateJwkThumbprint,
  clientAuthenticationAnonymous,
  setGlobalConfig as setOauthConfig,
} from '@openid4vc/oauth2'
import {
  Openid4vciClient,
  Openid4vciRetrieveCredentialsError,
  setGlobalConfig as setIssuanceConfig,
} from '@openid4vc/openid4vci'
import { ES256, digest, generateSalt } from '@sd-jwt/crypto-nodejs'
import { getListFromStatusListJWT } from '@sd-jwt/jwt-status-list'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'

for (const set of [setOauthConfig, setIssuanceConfig]) set({ allowInsecureUrls: true })

const task = JSON.parse(readFileSync(0, 'utf8'))
const base64url = (bytes) => Buffer.from(bytes).toString('base64url')

async function newKey() {
  const { publicKey, privateKey } = await ES256.generateKeyPair()
  const publicJwk = Object.fromEntries(['kty', 'crv', 'x', 'y'].map((n) => [n, publicKey[n]]))
  return { publicJwk, privateKey }
}

const callbacksOf = (keys) => ({
  fetch,
  generateRandom: (length) => randomBytes(length),
  hash: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
  clientAuthentication: clientAuthenticationAnonymous(),
  signJwt: async (signer, { header, payload }) => {
    const held = keys.find((key) => key.publicJwk.x === signer.publicJwk.x)
    const parts = [header, payload].map((part) => base64url(JSON.stringify(part)))
    const sign = await ES256.getSigner(held.privateKey)
    return { jwt: [...parts, await sign(parts.join('.'))].join('.'), signerJwk: held.publicJwk }
  },
})

const signerOf = (key) => ({ method: 'jwk', alg: 'ES256', publicJwk: key.publicJwk })

// Fetches the offered credential for as many new keys as asked.
async function fetchCredentials({ offer, txCode, count, dpop }) {
  const keys = await Promise.all(Array.from({ length: count + 1 }, newKey))
  const client = new Openid4vciClient({ callbacks: callbacksOf(keys) })
  const credentialOffer = await client.resolveCredentialOffer(offer)
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer)
  const bound = dpop ? { dpop: { signer: signerOf(keys[count]) } } : {}
  const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer,
    issuerMetadata,
    txCode,
    ...bound,
  })
  const [configuration] = credentialOffer.credential_configuration_ids
  const ask = (proofs, credentialConfigurationId = configuration) =>
    client.retrieveCredentials({
      issuerMetadata,
      credentialConfigurationId,
      accessToken: accessTokenResponse.access_token,
      proofs: { jwt: proofs },
      ...bound,
    })
  const prove = async (nonce, chosen = keys.slice(0, count)) => {
    const made = chosen.map((key) =>
      client.createCredentialRequestJwtProof({
        issuerMetadata,
        credentialConfigurationId: configuration,
        signer: signerOf(key),
        issuedAt: new Date(),
        nonce,
      }),
    )
    return (await Promise.all(made)).map(({ jwt }) => jwt)
  }
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata })
  const refused = { wrongNonce: await errorOf(() => prove('another').then(ask)) }
  const proofs = await prove(nonce)
  refused.missingProof = await errorOf(() => ask([]))
  const { credentialResponse } = await ask(proofs)
  refused.again = await errorOf(() => ask(proofs))
  const later = await client.requestNonce({ issuerMetadata })
  const ids = Object.keys(issuerMetadata.credentialIssuer.credential_configurations_supported)
  const other = ids.find((id) => id !== configuration)
  refused.other = await errorOf(async () => ask(await prove(later.c_nonce), other))
  refused.answered = await errorOf(async () => ask(await prove(later.c_nonce)))
  const { ok: notified } = await client.sendNotification({
    issuerMetadata,
    accessToken: accessTokenResponse.access_token,
    notification: {
      notificationId: credentialResponse.notification_id,
      event: 'credential_accepted',
    },
    ...bound,
  })
  refused.reused = await errorOf(() =>
    client.retrievePreAuthorizedCodeAccessTokenFromOffer({
      credentialOffer,
      issuerMetadata,
      txCode,
    }),
  )
  const credentials = credentialResponse.credentials.map(({ credential }) => credential)
  return {
    refused,
    tokenType: accessTokenResponse.token_type,
    notified,
    held: credentials.map((credential, at) => ({ credential, key: keys[at] })),
  }
}

// The `error` of a refusal, as the libraries understood it.
async function errorOf(act) {
  try {
    await act()
  } catch (error) {
    if (error instanceof Oauth2ClientErrorResponseError) return error.errorResponse.error
    if (error instanceof Openid4vciRetrieveCredentialsError) {
      return error.response.credentialErrorResponseResult?.data?.error ?? 'not understood'
    }
    throw error
  }
  return 'not refused'
}

const headerOf = (data) => JSON.parse(Buffer.from(data.split('.')[0], 'base64url'))

// Verifies an issuer's signature with the published keys; the chain that came along must lead to
// the published root and end in the same key.
async function issuerVerifier(issuer, rootPem) {
  const metadata = await (await fetch(`${issuer}/.well-known/jwt-vc-issuer`)).json()
  if (metadata.issuer !== issuer) throw new Error('metadata of another issuer')
  const root = new X509Certificate(rootPem)
  return async (data, signature) => {
    const { kid, alg, x5c } = headerOf(data)
    const jwk = metadata.jwks.keys.find((key) => key.kid === kid)
    const chain = x5c.map((one) => new X509Certificate(Buffer.from(one, 'base64')))
    for (const [at, one] of chain.entries()) {
      if (!one.verify((chain[at + 1] ?? root).publicKey)) throw new Error('broken chain')
    }
    if (chain[0].publicKey.export({ format: 'jwk' }).x !== jwk.x) throw new Error('two keys')
    if (alg !== jwk.alg) throw new Error('another algorithm')
    return verifyWith(jwk, data, signature)
  }
}

async function verifyWith(jwk, data, signature) {
  const rules =
    jwk.kty === 'RSA'
      ? [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, { name: 'RSASSA-PKCS1-v1_5' }]
      : [{ name: 'ECDSA', namedCurve: 'P-256' }, { name: 'ECDSA', hash: 'SHA-256' }]
  const { kty, crv, x, y, n, e } = jwk
  const key = await webcrypto.subtle.importKey('jwk', { kty, crv, x, y, n, e }, rules[0], false, [
    'verify',
  ])
  const raw = Buffer.from(signature, 'base64url')
  return webcrypto.subtle.verify(rules[1], key, raw, Buffer.from(data))
}

const readerOf = (verifier, extra = {}) =>
  new SDJwtVcInstance({
    hasher: digest,
    hashAlg: 'sha-256',
    saltGenerator: generateSalt,
    verifier,
    kbVerifier: (data, signature, payload) => verifyWith(payload.cnf.jwk, data, signature),
    statusVerifier: (data, signature) => verifyWith(task.statusKey, data, signature),
    loadTypeMetadataFormat: true,
    ...extra,
  })

async function shownIn(reader, { credential, key }, frame, nonce, aud) {
  const holder = readerOf(null, {
    kbSigner: await ES256.getSigner(key.privateKey),
    kbSignAlg: 'ES256',
  })
  const payload = { iat: Math.floor(Date.now() / 1000), aud, nonce }
  const presentation = await holder.present(credential, frame, { kb: { payload } })
  const verified = await reader.verify(presentation, { keyBindingNonce: nonce })
  return { presentation, payload: verified.payload }
}

async function post(path, body) {
  const answer = await fetch(`${task.issuer}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return answer.json()
}

const reader = readerOf(await issuerVerifier(task.issuer, task.rootPem))
const found = []
for (const one of task.fetch) {
  const { held, ...told } = await fetchCredentials(one)
  const verified = []
  for (const { credential, key } of held) {
    const { payload, typeMetadata } = await reader.verify(credential)
    verified.push({
      bound: payload.cnf.jwk.x === key.publicJwk.x,
      facts: payload.facts,
      type: typeMetadata.mergedTypeMetadata.vct === payload.vct,
      name: typeMetadata.mergedTypeMetadata.display.find((d) => d.locale === 'zh-CN').name,
    })
  }
  const request = await post('/v1/presentations/requests', { audience: 'https://bank.example' })
  const frame = { facts: { sex: true } }
  const shown = await shownIn(reader, held[0], frame, request.nonce, request.audience)
  const checked = await post('/v1/presentations/check', {
    request: request.id,
    presentation: shown.presentation,
  })
  found.push({ ...told, verified, shown: shown.payload.facts, checked })
}

const own = await reader.verify(task.credential)
const list = await (await fetch(own.payload.status.status_list.uri)).text()
const status = getListFromStatusListJWT(list).getStatus(own.payload.status.status_list.idx)
await fetch(task.suspend, { method: 'POST' })
const suspended = await reader.verify(task.credential).then(
  () => 'accepted',
  (error) => error.message,
)
const thumbprint = await calculateJwkThumbprint({
  hashAlgorithm: 'sha-256',
  hashCallback: callbacksOf([]).hash,
  jwk: own.payload.cnf.jwk,
})
process.stdout.write(JSON.stringify({ found, status, suspended, thumbprint }))
