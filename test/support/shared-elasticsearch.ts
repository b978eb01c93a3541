import { inject } from 'vitest'
import type { SecuredElasticsearch } from './secured-elasticsearch.ts'

/** Address of the server that all test files share. Each file uses a prefix of its own. */
export async function sharedElasticsearch(): Promise<string> {
  return (await ask<{ url: string }>('/plain')).url
}

/** The one with security on, likewise. */
export function sharedSecuredElasticsearch(): Promise<SecuredElasticsearch> {
  return ask('/secured')
}

async function ask<Answer>(server: string): Promise<Answer> {
  const response = await fetch(`${inject('sharedElasticsearch')}${server}`)
  const answer = await response.text()
  if (!response.ok) throw new Error(answer)
  return JSON.parse(answer) as Answer
}
