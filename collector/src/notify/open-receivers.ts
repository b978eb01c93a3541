import { MILLISECOND, type Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { readSecret } from '../secret-file.ts'
import { severityRank } from '../event/words.ts'
import { Asking, type Way } from './ask.ts'
import type { Json } from './body-template.ts'
import { Delivery, type DeliveryMeter, type DeliveryOptions } from './delivery.ts'
import { parseMatcher } from './matcher.ts'
import { Mutes } from './mutes.ts'
import type { Outbox } from './outbox.ts'
import { ReceiverError, type Receiver } from './receiver.ts'
import { alertmanager } from './receivers/alertmanager.ts'
import { email } from './receivers/email.ts'
import { kubernetesEvent, type CreateObject } from './receivers/kubernetes-event.ts'
import { file, lines } from './receivers/lines.ts'
import { pagerduty } from './receivers/pagerduty.ts'
import { slack } from './receivers/slack.ts'
import { teams } from './receivers/teams.ts'
import { webhook } from './receivers/webhook.ts'
import { sampleMessages } from './sample.ts'

export type NotifyConfig = Config['notify']
export type ReceiverConfig = NotifyConfig['receivers'][number]

/** What receivers take from the outside. */
export interface ReceiverTools {
  readonly clock: Clock
  readonly random: () => number
  /** Standard output: text with its line breaks. */
  readonly print: (text: string) => Promise<void>
  readonly createObject: CreateObject
}

/** Alerts of one request to Alertmanager. */
const ALERTS_AT_ONCE = 200
/** As long as Prometheus tells Alertmanager of what ended: it may be restarted meanwhile. */
const ENDED_TOLD_FOR = 15 * 60_000 * MILLISECOND

/** The receivers of the configuration, each with what is told to it and when. */
export function openReceivers(
  config: NotifyConfig,
  outbox: Outbox,
  tools: ReceiverTools & {
    readonly meter: DeliveryMeter
    readonly onFailure: (receiver: string, error: ReceiverError) => void
    readonly onSuccess: (receiver: string) => void
  },
): readonly Delivery[] {
  return config.receivers.map(
    (one) =>
      new Delivery(createReceiver(one, config.allowSharedSecretFiles, tools), outbox, optionsOf(one, outbox), tools),
  )
}

/**
 * Sends a made-up alert and its end to one receiver, now.
 *
 * @throws ReceiverError it does not take them.
 */
export async function testReceiver(
  one: ReceiverConfig,
  allowShared: boolean,
  tools: ReceiverTools,
  signal: AbortSignal,
): Promise<void> {
  const receiver = createReceiver(one, allowShared, tools)
  const timed = AbortSignal.any([signal, AbortSignal.timeout(one.timeout / MILLISECOND)])
  try {
    for (const message of sampleMessages(tools.clock())) await receiver.send([message], timed)
  } finally {
    await receiver.close()
  }
}

function optionsOf(one: ReceiverConfig, outbox: Outbox): DeliveryOptions {
  const matchers = one.matchers.map(parseMatcher)
  const mutes = new Mutes(
    () => outbox.silences(),
    one.quietHours.map((hours) => ({ ...hours, except: hours.except ?? null })),
  )
  const common = {
    wants: ({
      severity,
      allLabels,
    }: {
      readonly severity: string
      readonly allLabels: Readonly<Record<string, string>>
    }) =>
      severityRank(severity) >= severityRank(one.severity) && matchers.every((matcher) => matcher.matches(allLabels)),
    mutesAt: (now: number) => mutes.at(now),
    timeoutMs: one.timeout / MILLISECOND,
  }
  if (one.alertmanager !== undefined) {
    const repeat = one.alertmanager.sendAgain
    const policy = { groupBy: null, wait: 0, interval: 0, repeat, forgetsAfter: ENDED_TOLD_FOR }
    return { ...common, policy, mostPerMinute: Infinity, batch: ALERTS_AT_ONCE }
  }
  const { groupBy, wait, interval, repeat = null, mostPerMinute } = one
  return { ...common, policy: { groupBy, wait, interval, repeat, forgetsAfter: null }, mostPerMinute, batch: 1 }
}

function createReceiver(one: ReceiverConfig, allowShared: boolean, tools: ReceiverTools): Receiver {
  const { name } = one
  const secret = (path: string) => readReceiverSecret(path, allowShared)
  const asking = (way: Way) => new Asking(way, tools.clock)
  const urlOf = ({
    url,
    urlFile = '',
  }: {
    readonly url?: string | undefined
    readonly urlFile?: string | undefined
  }) => (url === undefined ? () => secret(urlFile) : () => Promise.resolve(url))
  if (one.alertmanager !== undefined) {
    const { url, endsAfter } = one.alertmanager
    const options = { url, endsAfter, headers: headersOf(one.alertmanager, secret) }
    return alertmanager(name, options, asking(one.alertmanager), tools.clock)
  }
  if (one.webhook !== undefined) {
    const { secretFile, body = null } = one.webhook
    const key = secretFile === undefined ? null : () => secret(secretFile)
    const options = {
      url: urlOf(one.webhook),
      headers: headersOf(one.webhook, secret),
      secret: key,
      body: body as Json | null,
    }
    return webhook(name, options, asking(one.webhook), tools.clock)
  }
  if (one.slack !== undefined) return slack(name, urlOf(one.slack), asking(one.slack))
  if (one.teams !== undefined) return teams(name, urlOf(one.teams), asking(one.teams))
  if (one.pagerduty !== undefined) {
    const { url, routingKeyFile } = one.pagerduty
    return pagerduty(name, { url, routingKey: () => secret(routingKeyFile) }, asking(one.pagerduty))
  }
  if (one.email !== undefined) {
    const { username = null, passwordFile, caFile = null, ...rest } = one.email
    const password = passwordFile === undefined ? null : () => secret(passwordFile)
    return email(name, { ...rest, username, caFile, password, timeoutMs: one.timeout / MILLISECOND })
  }
  if (one.kubernetesEvent !== undefined)
    return kubernetesEvent(name, one.kubernetesEvent.reportingInstance, tools.createObject)
  return one.file === undefined ? lines(name, tools.print) : file(name, one.file.path)
}

type Credentials = { readonly [name in 'username' | 'passwordFile' | 'tokenFile']?: string | undefined }

function headersOf({ username, passwordFile, tokenFile }: Credentials, secret: (path: string) => Promise<string>) {
  return async (): Promise<Readonly<Record<string, string>>> => {
    if (tokenFile !== undefined) return { authorization: `Bearer ${await secret(tokenFile)}` }
    if (username === undefined) return {}
    const password = passwordFile === undefined ? '' : await secret(passwordFile)
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  }
}

/** A secret that is not there may come: the message waits for it. */
async function readReceiverSecret(path: string, isSet: boolean): Promise<string> {
  try {
    return await readSecret(path, { setting: 'notify.allowSharedSecretFiles', isSet })
  } catch (error) {
    throw new ReceiverError('unavailable', error instanceof Error ? error.message : String(error))
  }
}
