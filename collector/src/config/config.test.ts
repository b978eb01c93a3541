import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY } from '../clock.ts'
import { ConfigError, configJsonSchema, configReference, defaultConfig, parseConfig } from './config.ts'

/** Problems as a person sees them. */
function problemsOf(text: string, environment: Record<string, string> = {}): readonly string[] {
  try {
    parseConfig(text, 'config.yaml', environment)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n')
  }
}

describe('a configuration', () => {
  it('is all defaults when the file is empty', () => {
    expect(parseConfig('', 'config.yaml', {})).toEqual(defaultConfig())
    expect(parseConfig('# nothing yet\n', 'config.yaml', {})).toEqual(defaultConfig())
  })

  it('keeps the other defaults of a section when one setting of it is given', () => {
    const { retention } = parseConfig('retention:\n  maxAge: { info: 3d }\n', 'config.yaml', {})
    expect(retention.classes.map(({ name, maxAge }) => [name, maxAge / DAY])).toEqual([
      ['info', 3],
      ['low', 30],
      ['medium', 90],
      ['high', 365],
      ['critical', 365],
    ])
  })

  it('keeps gaps and watched intervals as long as the longest kept observation', () => {
    const text = 'retention: { maxAge: { low: 500d }, recordMaxAge: { problem: 10d }, rollUpMaxAge: 3y }'
    const { recordMaxAge } = parseConfig(text, 'config.yaml', {}).retention
    expect(Object.fromEntries(Object.entries(recordMaxAge).map(([kind, age]) => [kind, age / DAY]))).toEqual({
      correlation: 400,
      change: 400,
      problem: 10,
      incident: 400,
      alert: 400,
      pattern: 90,
      template: 90,
      gap: 500,
      watched: 500,
      'roll-up': 3 * 365,
    })
  })

  it('may be JSON', () => {
    expect(parseConfig('{"api": {"port": 0}}', 'config.json', {}).api.port).toBe(0)
  })

  it('takes a name beyond loopback with a token file', () => {
    expect(parseConfig('api: { host: 0.0.0.0, tokenFile: token }', 'config.yaml', {}).api.host).toBe('0.0.0.0')
  })

  it.each([
    ['production:ZXUtd2VzdC0xLmF3cy5mb3VuZC5pbyRhYmMxMjMka2lidWlk', 'https://abc123.eu-west-1.aws.found.io'],
    ['a:b:ZXUuZXhhbXBsZTo5MjQzJGFiYzEyMw==', 'https://abc123.eu.example:9243'],
  ])('takes the cloud id %s for an address', (cloudId, address) => {
    const { store } = parseConfig(`store: { elasticsearch: { cloudId: "${cloudId}" } }`, 'config.yaml', {})
    expect(store.elasticsearch.nodes).toEqual([address])
  })

  it.each(['localhost', '127.0.0.1', '127.8.8.8', '::1', '[::1]'])('needs no token on %s', (host) => {
    expect(problemsOf(`api: { host: "${host}" }`)).toEqual([])
  })

  it.each(['0.0.0.0', '::', '10.0.0.7', 'eventloom.example', '::ffff:10.0.0.1', 'localhost.example'])(
    'needs a token on %s',
    (host) => {
      expect(problemsOf(`api: { host: "${host}" }`).join()).toContain('can be reached from other machines')
    },
  )
})

const mistakes: readonly { readonly name: string; readonly text: string; readonly says: readonly string[] }[] = [
  {
    name: 'a duration with a wrong unit',
    text: 'retention:\n  maxAge:\n    info: "7 dayz"\n',
    says: ['config.yaml:3:5 retention.maxAge.info: "7 dayz" is not a duration. Use for example 7d, 36h, 1h30m.'],
  },
  {
    name: 'a duration without unit',
    text: 'correlate: { window: 5 }',
    says: ['config.yaml:1:14 correlate.window: 5 is not a duration. Use for example 7d, 36h, 1h30m.'],
  },
  {
    name: 'a size that is too small',
    text: 'buffer:\n  maxBytes: 10kB',
    says: ['config.yaml:2:3 buffer.maxBytes: "10kB" is not a size of at least 10MB. Use for example 10GB, 512MiB.'],
  },
  {
    name: 'two patterns of one name',
    text: 'patterns:\n  more: [{ name: by node, key: [node] }, { name: by node, key: [reason] }]\n',
    says: [
      'config.yaml:2:3 patterns.more: Two patterns have the same name. Give each a name of its own, other than "recurring".',
    ],
  },
  {
    name: 'a key of a pattern that is no field, has no short value, or stands twice',
    text: 'patterns:\n  key: [raeson]\n  more: [{ name: a, key: [note] }, { name: b, key: [kind, regarding.kind] }]\n',
    says: [
      'config.yaml:2:9 patterns.key[0]: there is no field "raeson". Did you mean reason? Use a field that questions can group by, for example reason, namespace, owner.name or metadata.image.',
      'config.yaml:3:27 patterns.more[0].key[0]: note cannot be a key: it has no single short value. Use a field that questions can group by, for example reason, namespace, owner.name or metadata.image.',
      'config.yaml:3:47 patterns.more[1].key: A field stands here twice. Name each once; kind is another word for regarding.kind.',
    ],
  },
  {
    name: 'a word that is nearly a setting',
    text: 'data: x\nretenton: {}\n',
    says: ['config.yaml:2:1 retenton: There is no setting "retenton" here. Did you mean "retention"?'],
  },
  {
    name: 'a word that is nothing like a setting',
    text: 'log:\n  colour: blue\n',
    says: ['config.yaml:2:3 log.colour: There is no setting "colour" here. Known here: level, format.'],
  },
  {
    name: 'a pattern where an exact namespace is asked for',
    text: 'clusters:\n  - name: lab\n    namespaces: [shop, "jenkins*"]\n',
    says: [
      'config.yaml:3:24 clusters[0].namespaces[1]: "jenkins*" is not the exact name of a namespace (to filter by a pattern, write a rule). Use for example shop, kube-system.',
    ],
  },
  {
    name: 'a cluster without a name, and two with the same',
    text: 'clusters:\n  - context: a\n  - name: b\n  - name: b\n',
    says: [
      'config.yaml:2:5 clusters[0].name: is missing. Use for example production, lab.',
      'config.yaml:1:1 clusters: These names stand for more than one cluster: b. Give each cluster a name of its own.',
    ],
  },
  {
    name: 'two ways to reach a cluster at once',
    text: 'clusters: [{ name: a, inCluster: true, context: b }]',
    says: [
      'config.yaml:1:23 clusters[0].inCluster: inCluster and kubeconfig (or context) exclude each other. Keep inCluster for a collector inside the cluster, kubeconfig for one outside.',
    ],
  },
  {
    name: 'a listener for everybody without token',
    text: 'api:\n  host: 0.0.0.0\n',
    says: [
      'config.yaml:2:3 api.host: "0.0.0.0" can be reached from other machines, and there is no tokenFile. Put a secret of 16 characters or more into a file and name it, for example tokenFile: /etc/eventloom/token. Or keep host: 127.0.0.1.',
    ],
  },
  {
    name: 'a choice that does not exist',
    text: 'store: { kind: sqlite }',
    says: ['config.yaml:1:10 store.kind: "sqlite" is not one of "duckdb", "elasticsearch", "memory".'],
  },
  {
    name: 'two ways to authenticate, half a certificate and a password in an address',
    text: 'store:\n  elasticsearch:\n    nodes: [https://me:secret@host:9200]\n    username: me\n    apiKeyFile: key\n    keyFile: k\n',
    says: [
      'config.yaml:3:13 store.elasticsearch.nodes[0]: An address must not hold a user and a password. Use username and passwordFile.',
      'config.yaml:2:3 store.elasticsearch: There is more than one way to authenticate. Keep username with its password, or one API key, or one bearer token.',
      'config.yaml:2:3 store.elasticsearch: A certificate and its key belong together. Set both certificateFile and keyFile, or neither.',
    ],
  },
  {
    name: 'a cloud id that is none',
    text: 'store: { elasticsearch: { cloudId: "production:c2VjcmV0" } }',
    says: [
      'config.yaml:1:27 store.elasticsearch.cloudId: "production:c2VjcmV0" is not the id that Elastic Cloud shows. Use for example production:ZXUtd2VzdC0xLmF3cy5mb3VuZC5pbyRhYmMxMjM=.',
    ],
  },
  {
    name: 'a value where a section is asked for',
    text: 'log: loud',
    says: [
      'config.yaml:1:1 log: "loud" is not a section of settings. Write settings below it, indented: level, format.',
    ],
  },
  {
    name: 'a list in place of the file',
    text: '- a\n- b\n',
    says: ['config.yaml:1:1: The file does not hold settings. Write for example "data: /var/lib/eventloom".'],
  },
]

describe('the key of a pattern', () => {
  it('takes the words that questions take, and means the fields behind them', () => {
    const { patterns } = parseConfig(
      'patterns:\n  key: [reason, kind, workload, metadata.image, templateId]\n',
      'config.yaml',
      {},
    )
    expect(patterns.key).toEqual(['reason', 'regarding.kind', 'owner.name', 'metadata.image', 'templateId'])
  })
})

describe('a wrong configuration', () => {
  it.each(mistakes)('says what to write instead of $name', ({ text, says }) => {
    expect(problemsOf(text)).toEqual(says)
  })

  it('lists every problem at once', () => {
    expect(
      problemsOf(
        mistakes
          .slice(0, 4)
          .map(({ text }) => text.trimEnd())
          .join('\n'),
      ),
    ).toHaveLength(4)
  })

  it('lists a dangerous listener beside another mistake of the same section', () => {
    expect(problemsOf('api: { host: 0.0.0.0, port: none }')).toHaveLength(2)
  })

  it('names the place of text that is not YAML', () => {
    const [problem] = problemsOf('data: a\n  b: [1\n')
    expect(problem).toMatch(/^config\.yaml:\d+:\d+: The text is not YAML: /)
  })

  it('refuses a setting given twice', () => {
    expect(problemsOf('data: a\ndata: b\n').join()).toContain(
      'config.yaml:2:1: The text is not YAML: Map keys must be unique',
    )
  })

  it('refuses a file that grows without bound', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[index]}`).join()}]`),
    ]
    expect(problemsOf(bomb.join('\n')).join()).toContain('Excessive alias count')
  })
})

describe('variables', () => {
  it('win over the file', () => {
    const environment = {
      EVENTLOOM_API_PORT: '9000',
      EVENTLOOM_STORE_DUCKDB_MEMORY_LIMIT: '1GB',
      EVENTLOOM_RULES_FILES: 'a.yaml, b.yaml',
      EVENTLOOM_RULES_SHIPPED: 'false',
    }
    const { api, store, rules } = parseConfig('api: { port: 1 }', 'config.yaml', environment)
    expect([api.port, store.duckdb.memoryLimit]).toEqual([9000, 1e9])
    expect(rules).toEqual({ shipped: false, files: ['a.yaml', 'b.yaml'] })
  })

  it('are named as the place of a wrong value', () => {
    expect(problemsOf('', { EVENTLOOM_API_PORT: 'http' })).toEqual([
      'EVENTLOOM_API_PORT api.port: "http" is not a port from 0 to 65535 (0: any free one). Use for example 8085.',
    ])
  })

  it('are refused when nearly right', () => {
    expect(problemsOf('', { EVENTLOOM_STORE_KNID: 'memory' })).toEqual([
      'EVENTLOOM_STORE_KNID: is not a variable that is read. Did you mean EVENTLOOM_STORE_KIND?',
    ])
  })

  it('that Kubernetes sets for services are left alone', () => {
    const environment = { EVENTLOOM_API_PORT: 'tcp://10.3.0.1:8085', EVENTLOOM_SERVICE_HOST: '10.3.0.1' }
    expect(parseConfig('', 'config.yaml', environment)).toEqual(defaultConfig())
  })
})

describe('any input', () => {
  const attempt = (text: string, environment: Record<string, string> = {}) => {
    try {
      parseConfig(text, 'config.yaml', environment)
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      for (const { place, what } of (error as ConfigError).problems)
        expect(place.length * what.length).toBeGreaterThan(0)
    }
  }
  /** Sections and settings of ours with values that do not fit, mixed with keys of nobody. */
  const words = fc.constantFrom(
    'api',
    'host',
    'port',
    'clusters',
    'name',
    'store',
    'kind',
    'retention',
    'maxAge',
    'info',
    '__proto__',
    'constructor',
  )
  const nested = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.array(tie('value'), { maxLength: 3 }), tie('section')),
    section: fc.dictionary(words, tie('value'), { maxKeys: 5 }),
  }))

  it('of JSON is a configuration or a list of problems', () => {
    fc.assert(
      fc.property(nested.section, (value) => attempt(JSON.stringify(value))),
      { numRuns: 200 },
    )
  })

  it('of text is a configuration or a list of problems', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => attempt(text)),
      { numRuns: 200 },
    )
  })

  it('of the environment is a configuration or a list of problems', () => {
    const names = fc.constantFrom(
      'EVENTLOOM_DATA',
      'EVENTLOOM_API_PORT',
      'EVENTLOOM_API_HOST',
      'EVENTLOOM_CLUSTERS',
      'EVENTLOOM_RETENTION_MAX_AGE_INFO',
    )
    fc.assert(fc.property(fc.dictionary(names, fc.string()), (environment) => attempt('api: {}', environment)))
  })
})

describe('the reference', () => {
  it('is the page in docs', async () => {
    await expect(configReference()).toMatchFileSnapshot('../../../docs/configuration.md')
  })

  it('explains every setting', () => {
    const undescribed = configReference()
      .split('\n')
      .filter((line) => line.startsWith('| `') && line.includes('|  ('))
    expect(undescribed).toEqual([])
  })

  it('has a schema that refuses unknown settings for editors, too', () => {
    expect(configJsonSchema()).toMatchObject({ type: 'object', additionalProperties: false })
  })
})
