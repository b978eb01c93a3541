import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from './redact.ts'

const redactor = createRedactor({ enabled: true, keys: ['x-vault', 'a.b'] })
const redact = (text: string): string => redactor.text(text)
const isSecretKey = (key: string): boolean => redactor.isSecretKey(key)

describe('redaction', () => {
  const credentials = [
    ['https://bot:S3@git.example.net/a.git: denied', 'https://bot:[redacted]@git.example.net/a.git: denied'],
    ['amqp://u:a@b@host:5672/v', 'amqp://u:[redacted]@host:5672/v'],
    ['https://bot:pa/ss@host/x', 'https://bot:[redacted]@host/x'],
    ['two http://a:b@c and http://d:e@f.', 'two http://a:[redacted]@c and http://d:[redacted]@f.'],
    ['https://0123456789abcdef0123@host', 'https://[redacted]@host'],
    [
      'Post "http://10.0.0.9/r?superuser=true&password=S3-1&user=rep": refused',
      'Post "http://10.0.0.9/r?superuser=true&password=[redacted]&user=rep": refused',
    ],
    ['PASSWORD=abc def', 'PASSWORD=[redacted] def'],
    ['password: hunter2 for x', 'password: [redacted] for x'],
    ['db_password="a b;c" next', 'db_password="[redacted]" next'],
    ['AWS_SECRET_ACCESS_KEY=abc+/=', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
    ['AccountKey=abc==;Endpoint=x', 'AccountKey=[redacted];Endpoint=x'],
    ['?access_token=t1&api-key=t2&sig=t3&x=1', '?access_token=[redacted]&api-key=[redacted]&sig=[redacted]&x=1'],
    ['{"user":"a","password":"b\\"c","n":1}', '{"user":"a","password":"[redacted]","n":1}'],
    [String.raw`{\"client_secret\" : \"b\",\"n\":1}`, String.raw`{\"client_secret\" : \"[redacted]\",\"n\":1}`],
    ['mysql --password hunter2 --user root', 'mysql --password [redacted] --user root'],
    ['Authorization: Bearer abc.def rest', 'Authorization: Bearer [redacted] rest'],
    ['got eyJhbGciOiJI.eyJzdWIiOiIx.sig_-1 back', 'got [redacted] back'],
    ['clone with ghp_0123456789abcdef failed', 'clone with [redacted] failed'],
    ['x-vault=1 a.b=2 aXb=3', 'x-vault=[redacted] a.b=[redacted] aXb=3'],
    ['password="open', 'password="[redacted]'],
  ] as const
  it.each(credentials)('turns %s into %s', (before, after) => {
    expect(redact(before)).toBe(after)
    expect(redact(after)).toBe(after)
  })

  const harmless = [
    'MountVolume.SetUp failed for volume "db-secret" : secret "db-secret" not found',
    'Error: secret "token" not found',
    "couldn't find key password in Secret shop/db",
    'failed to fetch token: unauthorized',
    'references secret: not found',
    'dial tcp http://10.0.0.1:8080/x@y: refused',
    'pull registry.example.net/shop/cart@sha256:0123456789abcdef: not found',
    'Get "https://registry.example.net:5000/v2/": dial tcp: timeout',
    'https://bot@git.example.net/x',
    'basic authentication failed',
    'secretName=db tokenExpirationSeconds=3600',
    'Back-off restarting failed container',
    '',
  ]
  it.each(harmless)('leaves "%s" alone', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('knows keys whose whole value is a credential, but not the names of Secrets', () => {
    const secret = ['password', 'example.com/db-password', 'apiKey', 'access_token', 'clientSecret', 'X-Vault']
    const harmlessKeys = ['cert.example.com/secret', 'secretName', 'credentials', 'passwordPolicy', 'app']
    expect(secret.filter(isSecretKey)).toEqual(secret)
    expect(harmlessKeys.filter(isSecretKey)).toEqual([])
  })

  it('does nothing when it is off', () => {
    const off = createRedactor({ enabled: false, keys: [] })
    expect(off.text('https://a:b@c password=d')).toBe('https://a:b@c password=d')
    expect(off.isSecretKey('password')).toBe(false)
  })

  it('leaves no canary in a URL or a parameter, whatever stands around it', () => {
    const canary = 'S3cr3tCanary'
    const around = fc.string({
      unit: fc.constantFrom('a', ' ', '"', "'", '\\', '=', ':', '/', '@', '&', '?', '\n', '{', '}'),
    })
    const holder = fc.constantFrom(`https://bot:${canary}@host`, ` password=${canary}&user=a`, `{"token":"${canary}"}`)
    fc.assert(
      fc.property(around, holder, around, (before, text, after) => {
        expect(redact(`${before} ${text} ${after}`)).not.toContain(canary)
      }),
    )
  })

  it.each([
    '://',
    'password="',
    String.raw`password=\\"`,
    'eyJeyJ',
    'authorization: ',
    'a',
    '://a:b',
    '--',
    'secret ',
    'auth=',
    'pass: ',
    'cookie: ',
    'cookie: a=',
    'bearer ',
    'Aa1',
    'curl -u a:',
    'mysql -p ',
    'docker login ',
    'redis-cli -a ',
    'thin:a/',
    'a:b@tcp(',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
    'sk-',
    '/bot1:',
    '/api/webhooks/1',
    'SG.a.',
    '@',
    "'",
  ])('takes time in proportion to the length of a text full of %s', (part) => {
    const hostile = part.repeat(1_000_000 / part.length)
    const start = performance.now()
    redact(hostile)
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})
