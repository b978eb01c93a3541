import type { AnnotationQuery, AnnotationSupport } from '@grafana/data'
import { AnnotationEditor } from '../editor/AnnotationEditor'
import { SCHEMA_VERSION, type EventloomQuery } from '../query/query'

/** What a new annotation asks: what people do to a cluster, to be seen on other panels. */
export const NEW_ANNOTATION: Partial<EventloomQuery> = {
  schemaVersion: SCHEMA_VERSION,
  queryType: 'annotations',
  filter: { text: 'reason:ScalingReplicaSet', terms: [] },
  tagFields: ['reason', 'namespace'],
}

/** Events as marks on panels, of this and of other data sources. Their frames have the columns that Grafana looks for. */
export const annotationSupport: AnnotationSupport<EventloomQuery, AnnotationQuery<EventloomQuery>> = {
  QueryEditor: AnnotationEditor,
  getDefaultQuery: () => NEW_ANNOTATION,
  prepareQuery: ({ target }) => {
    if (target === undefined) return undefined
    return { ...target, refId: target.refId || 'Anno', queryType: 'annotations' }
  },
}
