// The wire: google.firestore.v1.Firestore as a gRPC service definition, built by reflection from the
// description that comes with the Firestore client library.
import { createRequire } from "node:module";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import protobuf from "protobufjs";

const SERVICE = "google.firestore.v1.Firestore";

// The library is a dependency of firebase-admin, so it is looked for where firebase-admin is.
const fromAdmin = createRequire(createRequire(import.meta.url).resolve("firebase-admin/firestore"));

/** All message types of the protocol. */
export const root = protobuf.Root.fromJSON(
  fromAdmin("@google-cloud/firestore/build/protos/v1.json") as protobuf.INamespace,
);

/** A message type, relative to google.firestore.v1 or by its full name. */
export const lookup = (name: string): protobuf.Type =>
  root.lookupType(name.includes(".") ? name : `google.firestore.v1.${name}`);

/** Every RPC of the service: requests arrive as plain objects, responses are plain objects. */
export function serviceDefinition(): ServiceDefinition {
  const methods = root.lookupService(SERVICE).methodsArray;
  return Object.fromEntries(methods.map((method) => [method.name, definitionOf(method)]));
}

function definitionOf(method: protobuf.Method): MethodDefinition<object, object> {
  const request = lookup(method.requestType);
  const response = lookup(method.responseType);
  return {
    path: `/${SERVICE}/${method.name}`,
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: (message) => encode(request, message),
    requestDeserialize: (bytes) => decode(request, bytes),
    responseSerialize: (message) => encode(response, message),
    responseDeserialize: (bytes) => decode(response, bytes),
  };
}

/** Encodes a plain object as it is: enums must be numbers, int64 may be decimal strings. */
export const encode = (type: protobuf.Type, message: object): Buffer =>
  type.encode(message as protobuf.Message).finish() as Buffer;

/** Decodes to a plain object: absent fields stay absent, enums become names, int64 decimal strings. */
export const decode = (type: protobuf.Type, bytes: Uint8Array): object =>
  type.toObject(type.decode(bytes), { longs: String, enums: String });
