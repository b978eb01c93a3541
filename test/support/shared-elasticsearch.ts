import { inject } from 'vitest'

/** Address of the server that all test files share. Each file uses a prefix of its own. */
export async function sharedElasticsearch(): Promise<string> {
  const response = await fetch(inject('sharedElasticsearch'))
  const answer = await response.text()
  if (!response.ok) throw new Error(answer)
  return answer
}
