package cloud.welkin.host.libvirt;

import java.lang.foreign.MemorySegment;

/** Functions of the library as a whole: start, errors, event loop, typed parameters, streams. */
interface NativeSystem {
    int virInitialize();

    int virGetVersion(MemorySegment libraryVersion, MemorySegment type, MemorySegment typeVersion);

    // Errors: of the calling thread.
    MemorySegment virGetLastError();

    void virResetLastError();

    void virSetErrorFunc(MemorySegment userData, MemorySegment handler);

    // The event loop: registered before the first connection is opened.
    int virEventRegisterDefaultImpl();

    int virEventRunDefaultImpl();

    int virConnectDomainEventRegisterAny(
            MemorySegment connection,
            MemorySegment domain,
            int event,
            MemorySegment callback,
            MemorySegment opaque,
            MemorySegment free);

    int virConnectDomainEventDeregisterAny(MemorySegment connection, int callbackId);

    int virConnectRegisterCloseCallback(
            MemorySegment connection,
            MemorySegment callback,
            MemorySegment opaque,
            MemorySegment free);

    int virConnectUnregisterCloseCallback(MemorySegment connection, MemorySegment callback);

    void virTypedParamsFree(MemorySegment parameters, int count);

    // Streams.
    MemorySegment virStreamNew(MemorySegment connection, int flags);

    int virStreamRecv(MemorySegment stream, MemorySegment data, long bytes);

    int virStreamSend(MemorySegment stream, MemorySegment data, long bytes);

    int virStreamEventAddCallback(
            MemorySegment stream,
            int events,
            MemorySegment callback,
            MemorySegment opaque,
            MemorySegment free);

    int virStreamEventUpdateCallback(MemorySegment stream, int events);

    int virStreamEventRemoveCallback(MemorySegment stream);

    int virStreamFinish(MemorySegment stream);

    int virStreamAbort(MemorySegment stream);

    int virStreamFree(MemorySegment stream);
}
