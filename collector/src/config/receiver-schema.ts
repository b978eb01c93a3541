import { z } from 'zod'
import { PLACE_NAMES, mistakesIn } from '../notify/body-template.ts'
import { duration, flag, line, wholeNumber } from './values.ts'

/** The message shows no address: it may hold a secret. */
const address = (example: string) =>
  z
    .string()
    .refine((text) => /^https?:\/\/[^\s/]+(\/\S*)?$/.test(text) && URL.canParse(text), {
      error: 'This is not an address that begins with https:// or http://.',
      params: { fix: `Use for example ${example}.` },
    })
    .refine((text) => !/^\w+:\/\/[^/]*@/.test(text), {
      error: 'An address must not hold a user and a password.',
      params: { fix: 'Use username and passwordFile, or a file with the whole address.' },
    })
    .meta({ title: 'an address that begins with https:// or http://', examples: [example] })

const secretFile = (what: string) => line('a path', '/etc/eventloom/secret').describe(what)

const way = {
  caFile: line('a path', '/etc/eventloom/ca.crt').optional().describe('PEM file of who signed the server certificate.'),
  proxy: address('http://proxy:3128')
    .optional()
    .describe('Proxy to it. Variables such as HTTPS_PROXY are not read here.'),
}

const who = {
  username: line('a user', 'eventloom').optional().describe('User for basic authentication.'),
  passwordFile: secretFile('File with its password.').optional(),
  tokenFile: secretFile('File with a bearer token.').optional(),
}

const alertmanager = z
  .strictObject({
    url: address('http://alertmanager:9093').describe(
      'Where Alertmanager is, without `/api/v2`. A cluster of them: one receiver for each.',
    ),
    ...who,
    ...way,
    sendAgain: duration()
      .prefault('1m')
      .describe('What fires is sent again this often: Alertmanager forgets what it does not hear of.'),
    endsAfter: duration()
      .prefault('1h')
      .describe(
        'Without any word from the collector an alert ends there after this. A collector that is restarted or moved is back earlier.',
      ),
  })
  .describe('Alertmanager, API v2. It groups, silences and repeats by itself, and is told of each change at once.')

const body = z
  .record(z.string(), z.json())
  .superRefine((given, context) => {
    for (const message of mistakesIn(given)) {
      context.addIssue({ code: 'custom', message, params: { fix: `Use ${PLACE_NAMES.join(', ')}.` } })
    }
  })
  .meta({ title: 'an object of your own', examples: ['{ text: "{{ $title }}" }'] })

const webhook = z
  .strictObject({
    url: address('https://example.org/hook').optional().describe('Where messages go.'),
    urlFile: secretFile('File with the address, where the address is a secret.').optional(),
    ...who,
    secretFile: secretFile(
      'File with the key of the signature (HMAC-SHA256). Without it messages are not signed.',
    ).optional(),
    body: body.optional().describe('What is sent, texts with places to fill in. Without it everything is.'),
    ...way,
  })
  .refine((given) => (given.url === undefined) !== (given.urlFile === undefined), oneAddress())
  .describe('JSON to any server.')

const chat = (what: string) =>
  z
    .strictObject({
      url: address('https://chat.example.org/hooks/abc')
        .optional()
        .describe('The address of the incoming webhook. Who knows it can post: a file is safer.'),
      urlFile: secretFile('File with that address.').optional(),
      ...way,
    })
    .refine((given) => (given.url === undefined) !== (given.urlFile === undefined), oneAddress())
    .describe(what)

const email = z
  .strictObject({
    host: line('a host', 'smtp.example.org').describe('The mail server.'),
    port: wholeNumber(1, 65_535).default(587).describe('Its port.'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe(
        '"starttls" (port 587) refuses to go on where the server cannot encrypt. "tls": port 465. "none" sends in the clear.',
      ),
    username: line('a user', 'eventloom').optional().describe('User there.'),
    passwordFile: secretFile('File with its password.').optional(),
    caFile: way.caFile,
    from: line('a mail address', 'Eventloom <eventloom@example.org>').describe('Who sends.'),
    to: z.array(line('a mail address', 'team@example.org')).min(1).max(50).describe('Who gets it.'),
  })
  .refine((given) => (given.username === undefined) === (given.passwordFile === undefined), {
    error: 'A user and a password belong together.',
    params: { fix: 'Set both username and passwordFile, or neither.' },
  })
  .describe('Mail over SMTP.')

const pagerduty = z
  .strictObject({
    routingKeyFile: secretFile('File with the integration key of a service (Events API v2).'),
    url: address('https://events.eu.pagerduty.com/v2/enqueue')
      .default('https://events.pagerduty.com/v2/enqueue')
      .describe('The address of the Events API; another one in the EU.'),
    ...way,
  })
  .describe('PagerDuty: one alert there for each group, resolved when nothing of it fires any more.')

const kubernetesEvent = z
  .strictObject({
    reportingInstance: line('a name', 'eventloom-0')
      .default('eventloom')
      .describe('Which collector says so, in the events.'),
  })
  .describe(
    'An event in the cluster where the fault is, on the object that is the example. Needs the right to create events there.',
  )

const file = z
  .strictObject({ path: line('a path', './alerts.jsonl').describe('The file. Lines are appended.') })
  .describe('JSON lines in a file, one for each change.')

const stdout = z.strictObject({}).describe('JSON lines on standard output, one for each change.')

/** One section for each kind of receiver; a receiver has one of them. */
export const RECEIVER_SECTIONS = {
  alertmanager: alertmanager.optional(),
  webhook: webhook.optional(),
  slack: chat(
    'Slack, and what understands its incoming webhooks: Mattermost, Rocket.Chat, Discord with `/slack`.',
  ).optional(),
  teams: chat('Microsoft Teams, by a workflow "Post to a channel when a webhook request is received".').optional(),
  email: email.optional(),
  pagerduty: pagerduty.optional(),
  kubernetesEvent: kubernetesEvent.optional(),
  file: file.optional(),
  stdout: stdout.optional(),
}

export const allowSharedSecretFiles = flag()
  .default(false)
  .describe('Use files with secrets even when every user of this machine can read them.')

function oneAddress() {
  return { error: 'It needs either url or urlFile.', params: { fix: 'Name one of them.' } }
}
