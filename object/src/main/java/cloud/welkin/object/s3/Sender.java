package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Call;

/**
 * Who sent a request, as far as that was proved.
 *
 * @param call the request, of the one who signed it
 * @param signed whether it was signed at all
 * @param payload how the body is checked
 */
record Sender(Call call, boolean signed, Payload payload) {}
