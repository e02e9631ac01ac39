/*
 * One call for many sends of the same bytes: send(2) for each of many sockets, without a way through Node.js for each of them.
 * Optional; src/tcp/volley.ts says how it is used, and what is done without it.
 *
 *   cc -O2 -shared -fPIC -I node_modules/node-api-headers/include -o lib/send.node native/send.c
 */
#include <errno.h>
#include <node_api.h>
#include <stdint.h>
#include <sys/socket.h>

/* Throws unless the argument is an Int32Array of at least `least` elements. */
static int32_t *int32s(napi_env env, napi_value value, size_t least) {
  bool is_typed = false;
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void *data = NULL;
  napi_is_typedarray(env, value, &is_typed);
  if (is_typed) napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL);
  if (is_typed && type == napi_int32_array && length >= least) return data;
  napi_throw_type_error(env, NULL, "an Int32Array, long enough, is needed");
  return NULL;
}

/*
 * sendAll(descriptors: Int32Array, count: number, bytes: Buffer, sent: Int32Array): void
 * Puts into `sent` how many bytes the kernel took for each descriptor at once; 0 when it takes none just now, or never
 * will: whoever writes the rest by the usual way is told then.
 */
static napi_value send_all(napi_env env, napi_callback_info info) {
  napi_value args[4];
  size_t given = 4, length = 0;
  uint32_t count = 0;
  void *bytes = NULL;
  bool is_buffer = false;
  napi_get_cb_info(env, info, &given, args, NULL, NULL);
  if (given == 4) napi_is_buffer(env, args[2], &is_buffer);
  if (!is_buffer || napi_get_value_uint32(env, args[1], &count) != napi_ok) {
    napi_throw_type_error(env, NULL, "sendAll(descriptors, count, bytes, sent)");
    return NULL;
  }
  napi_get_buffer_info(env, args[2], &bytes, &length);
  const int32_t *descriptors = int32s(env, args[0], count);
  int32_t *sent = descriptors ? int32s(env, args[3], count) : NULL;
  if (!sent) return NULL;
  for (uint32_t at = 0; at < count; at++) {
    ssize_t taken;
    do taken = send(descriptors[at], bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (taken < 0 && errno == EINTR);
    sent[at] = taken < 0 ? 0 : (int32_t)taken;
  }
  return NULL;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "sendAll", NAPI_AUTO_LENGTH, send_all, NULL, &function);
  napi_set_named_property(env, exports, "sendAll", function);
  return exports;
}
