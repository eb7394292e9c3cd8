import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { textAttribute } from '../attribute.ts'
import type { Condition, SortKeyRange } from '../table.ts'

/** A condition as DynamoDB wants it. */
export function expressionOf(condition: Condition | undefined) {
  if (condition === undefined) return {}
  const names: Record<string, string> = {}
  const values: Record<string, AttributeValue> = {}
  const alternatives = condition.map((alternative, at) => {
    if ('absent' in alternative) return 'attribute_not_exists(pk)'
    names[`#a${at}`] = alternative.attribute
    values[`:v${at}`] = alternative.value
    return `#a${at} ${alternative.is} :v${at}`
  })
  return {
    ConditionExpression: alternatives.join(' OR '),
    ...(Object.keys(names).length > 0 && {
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    }),
  }
}

/** The items of a partition key within a range, as DynamoDB wants to be asked. */
export function keyConditionOf(pk: string, { prefix, between }: SortKeyRange) {
  if (between !== undefined) {
    return {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': textAttribute(pk),
        ':from': textAttribute(between[0]),
        ':to': textAttribute(between[1]),
      },
    }
  }
  // Every text begins with the empty one, and DynamoDB refuses to be asked that.
  if (prefix) {
    return {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': textAttribute(pk), ':prefix': textAttribute(prefix) },
    }
  }
  return {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': textAttribute(pk) },
  }
}
