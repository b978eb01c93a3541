import { expect, it } from 'vitest'
import { Shutdown } from './shutdown.ts'

it('stops in the reverse order of construction, once, and names what failed', async () => {
  const stopped: string[] = []
  const shutdown = new Shutdown()
  shutdown.onStop('store', async () => void stopped.push('store'))
  shutdown.onStop('api', () => Promise.reject(new Error('busy')))
  shutdown.onStop('sources', async () => void stopped.push('sources'))
  await expect(shutdown.stop()).rejects.toMatchObject({ errors: [{ message: 'stop api' }] })
  expect(stopped).toEqual(['sources', 'store'])
  await shutdown.stop()
  expect(stopped).toHaveLength(2)
})
