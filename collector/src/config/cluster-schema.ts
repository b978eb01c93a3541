import { z } from 'zod'
import { WATCHED_KINDS } from '../event/watched-kind.ts'
import { flag, line } from './values.ts'

/** Longest list of a cluster's selectors: each value of some of them is a watch of its own. */
const MOST_SELECTED = 1_000

const values = (what: string, ...examples: string[]) =>
  z
    .array(line(what, ...examples))
    .max(MOST_SELECTED)
    .default([])

const namespace = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
  .meta({
    title: 'the exact name of a namespace (to filter by a pattern, write a rule)',
    examples: ['shop', 'kube-system'],
  })

const fieldSelector = z
  .strictObject({
    kinds: values('a kind', 'Pod').describe('Kinds of the objects that events are about.'),
    types: values('an event type', 'Warning').describe('Event types.'),
    reasons: values('a reason', 'BackOff').describe('Reasons.'),
    reportingControllers: values('a controller', 'kubelet').describe('Reporting controllers.'),
  })
  .prefault({})
  .describe('What the API server is asked for. An empty list asks for everything. Everything else never leaves it.')

const KINDS = WATCHED_KINDS.map(({ kind }) => kind)

const objects = z
  .strictObject({
    watch: flag()
      .default(true)
      .describe(
        'Watch objects beside events, for who changed what, and who belongs to whom. Kinds without rights are left out.',
      ),
    kinds: z
      .array(z.enum(KINDS))
      .default([...KINDS])
      .describe('Kinds to watch. Secrets are none of them.'),
    specs: flag()
      .default(false)
      .describe(
        'Read pods, claims and autoscalers whole, for node, claims, volume, class and what is scaled. All else is metadata only. Several times the bytes.',
      ),
  })
  .prefault({})
  .describe('Objects beside events: their metadata, never a value of theirs.')

export const clusterSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/)
      .meta({
        title: 'a name of letters, digits, "-", "_" and "." (at most 63)',
        examples: ['production', 'lab'],
        description: 'What the cluster is called in every observation. Changing it makes it another cluster.',
      }),
    kubeconfig: line('a path', '/etc/eventloom/kubeconfig')
      .optional()
      .describe('File with the access. Without it: what kubectl uses ($KUBECONFIG, then ~/.kube/config).'),
    context: line('the name of a context', 'production-admin')
      .optional()
      .describe('Context of the kubeconfig. Without it: its current context.'),
    inCluster: flag().default(false).describe('Use the service account of the pod that the collector runs in.'),
    namespaces: z
      .array(namespace)
      .max(MOST_SELECTED)
      .default([])
      .describe(
        'Watch only events about objects in these namespaces. Empty: all. Events of nodes and other objects without a namespace are then excluded, unless clusterScoped is true.',
      ),
    clusterScoped: flag()
      .default(false)
      .describe(
        'Beside the namespaces above, keep events about objects that have no namespace: nodes, volumes, namespaces.',
      ),
    fieldSelector,
    objects,
  })
  .refine(({ inCluster, kubeconfig, context }) => !(inCluster && (kubeconfig ?? context) !== undefined), {
    path: ['inCluster'],
    error: 'inCluster and kubeconfig (or context) exclude each other.',
    params: { fix: 'Keep inCluster for a collector inside the cluster, kubeconfig for one outside.' },
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  })
