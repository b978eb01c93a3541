import type { Surroundings } from '../app.ts'
import type { Config } from '../config/config.ts'
import { testReceiver as send } from '../notify/notify.ts'
import { receiverTools } from './notifying.ts'

/**
 * Sends a made-up alert and its end to one configured receiver.
 *
 * @throws Error there is no such receiver, or it does not take them: the message says why.
 */
export async function testReceiver(
  config: Config,
  name: string,
  { signal, print }: { readonly signal: AbortSignal; readonly print: (text: string) => Promise<void> },
  outside: Pick<Surroundings, 'clock' | 'random'> & {
    readonly environment: Readonly<Record<string, string | undefined>>
  },
): Promise<void> {
  const { receivers, allowSharedSecretFiles } = config.notify
  const receiver = receivers.find((each) => each.name === name)
  if (receiver === undefined) {
    const names = receivers.map((each) => each.name).join(', ')
    throw new Error(
      `there is no receiver "${name}". ${names === '' ? 'None is configured: see notify.receivers' : `Configured: ${names}`}.`,
    )
  }
  await send(receiver, allowSharedSecretFiles, receiverTools(config, { ...outside, print }), signal)
}
