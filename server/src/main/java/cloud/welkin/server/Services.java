package cloud.welkin.server;

import cloud.welkin.compute.ComputeService;
import cloud.welkin.compute.GuestDesk;
import cloud.welkin.identity.Bootstrap;
import cloud.welkin.identity.IdentityService;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.MasterKeyMissing;
import cloud.welkin.image.ImageService;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.settings.Settings;
import cloud.welkin.network.NetworkService;
import cloud.welkin.network.NetworkSettings;
import cloud.welkin.network.work.Backbone;
import cloud.welkin.network.work.PortStatuses;
import cloud.welkin.object.ObjectService;
import cloud.welkin.object.engine.PackedEngine;
import cloud.welkin.object.s3.S3Keys;
import cloud.welkin.object.work.StoreMark;
import cloud.welkin.placement.PlacementService;
import cloud.welkin.volume.VolumeService;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** All services, each with those that it calls, and what they have for the kernel. */
record Services(
        IdentityService identity,
        PlacementService placement,
        ImageService image,
        ObjectService object,
        VolumeService volume,
        NetworkService network,
        ComputeService compute) {

    static final List<String> SCHEMAS =
            List.of(
                    "kernel",
                    IdentityService.SCHEMA,
                    PlacementService.SCHEMA,
                    ImageService.SCHEMA,
                    ObjectService.SCHEMA,
                    NetworkService.SCHEMA,
                    VolumeService.SCHEMA,
                    ComputeService.SCHEMA);

    /** The one availability zone. */
    private static final String ZONE = "nova";

    private static final List<CatalogEntry> CATALOG =
            List.of(
                    new CatalogEntry("identity", "keystone", "/identity/v3", false),
                    new CatalogEntry("placement", "placement", "/placement", false),
                    new CatalogEntry("image", "glance", "/image", false),
                    new CatalogEntry(
                            "object-store", "swift", "/object-store/v1/AUTH_$(project_id)s", false),
                    new CatalogEntry("network", "neutron", "/network", false),
                    new CatalogEntry("compute", "nova", "/compute/v2.1", false),
                    new CatalogEntry("volumev3", "cinderv3", "/volume/v3", true),
                    new CatalogEntry("block-storage", "cinder", "/volume/v3", true));

    /**
     * @param backbone carries the networks; it is told what becomes of ports through the statuses
     */
    static Services on(
            Foundation kernel,
            Home home,
            Settings settings,
            Function<PortStatuses, Backbone> backbone,
            Consoles consoles,
            Closing closing) {
        IdentityService identity =
                closing.add(
                        new IdentityService(
                                kernel.database(),
                                kernel.clock(),
                                new IdentityService.Options(
                                        settings.get(WelkinSettings.TOKEN_LIFETIME),
                                        settings.get(WelkinSettings.PASSWORD_COST),
                                        IdentitySettings.security(settings),
                                        OauthSettings.of(settings),
                                        settings.get(WelkinSettings.LIMIT_MODEL),
                                        settings.get(IdentitySettings.TREE_DEPTH),
                                        settings.get(WelkinSettings.ALL_ENDPOINTS),
                                        PartnerSettings.of(settings),
                                        DirectorySettings.of(settings),
                                        ListSettings.of(settings),
                                        MasterKeyFile.of(home, kernel.database())),
                                CATALOG));
        PlacementService placement = new PlacementService(kernel.database());
        ImageService image =
                new ImageService(
                        kernel.database(),
                        kernel.quotas(),
                        kernel.events(),
                        kernel.work().reconcilers()::poke,
                        kernel.clock(),
                        home.images(),
                        settings.get(WelkinSettings.IMAGE_GRACE));
        requireOwnObjects(kernel, home);
        ObjectService object =
                closing.add(
                        new ObjectService(
                                kernel.database(),
                                ObjectKeysFile.around(
                                        new PackedEngine(home.objects(), kernel.clock()),
                                        home,
                                        settings.get(WelkinSettings.OBJECT_ENCRYPTION)),
                                S3Keys.of(identity::signatures),
                                kernel.clock()));
        VolumeService volume =
                new VolumeService(
                        kernel.database(),
                        kernel.quotas(),
                        kernel.events(),
                        image,
                        kernel.clock(),
                        ZONE);
        PortStatuses statuses = new PortStatuses(kernel.clock());
        NetworkService network =
                new NetworkService(
                        kernel.database(),
                        kernel.events(),
                        kernel.quotas(),
                        backbone.apply(statuses),
                        statuses,
                        NetworkSettings.defaults(),
                        kernel.clock(),
                        new SecureRandom());
        ComputeService compute =
                closing.add(
                        new ComputeService(
                                kernel.database(),
                                kernel.work().sagas(),
                                kernel.events(),
                                kernel.quotas(),
                                kernel.clock(),
                                new SecureRandom(),
                                image,
                                volume,
                                network.networks(),
                                placement,
                                consoles,
                                ComputeService.Options.USUAL.withRatios(ratios(settings))));
        Services services =
                new Services(identity, placement, image, object, volume, network, compute);
        services.register(kernel);
        switch (settings.get(WelkinSettings.QUOTA_DRIVER)) {
            case SERVICES -> {}
            case UNIFIED -> kernel.quotas().obey(identity.limits());
        }
        return services;
    }

    private static void requireOwnObjects(Foundation kernel, Home home) {
        try {
            StoreMark.require(kernel.database(), home.objects());
        } catch (IllegalStateException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private static GuestDesk.Ratios ratios(Settings settings) {
        return new GuestDesk.Ratios(
                settings.get(WelkinSettings.CPU_RATIO),
                settings.get(WelkinSettings.RAM_RATIO),
                settings.get(WelkinSettings.DISK_RATIO),
                settings.get(WelkinSettings.RESERVED_MEMORY));
    }

    /**
     * Before the first write: a transaction that pokes a reconciler which nobody registered is
     * refused.
     */
    private void register(Foundation kernel) {
        image.quotas().forEach(kernel.quotas()::register);
        ComputeService.quotas().forEach(kernel.quotas()::register);
        NetworkService.quotas().forEach(kernel.quotas()::register);
        volume.quotas().forEach(kernel.quotas()::register);
        identity.reconcilers().forEach(kernel.work().reconcilers()::register);
        compute.sagas().forEach(kernel.work().sagas()::register);
        compute.reconcilers().forEach(kernel.work().reconcilers()::register);
        image.reconcilers().forEach(kernel.work().reconcilers()::register);
        object.reconcilers().forEach(kernel.work().reconcilers()::register);
        network.reconcilers().forEach(kernel.work().reconcilers()::register);
        kernel.doctor().register(placement.invariants());
        kernel.doctor().register(image.invariants());
        kernel.doctor().register(object.invariants());
        kernel.doctor().register(network.invariants());
        kernel.doctor().register(volume.invariants());
        kernel.doctor().register(compute.invariants());
    }

    /** Makes what every cloud begins with, as far as it is missing. */
    Bootstrap.Made bootstrap(Foundation kernel, Passwords passwords) {
        Bootstrap.Made made;
        try {
            made = identity(kernel, passwords);
        } catch (MasterKeyMissing e) {
            throw MasterKeyFile.missing("there is another");
        }
        kernel.database()
                .change(
                        tx -> {
                            network.bootstrap(tx, made.adminProject());
                            compute.bootstrap(tx);
                        });
        return made;
    }

    private Bootstrap.Made identity(Foundation kernel, Passwords passwords) {
        return kernel.database()
                .write(
                        tx ->
                                identity.bootstrap(
                                        tx,
                                        passwords.admin(),
                                        passwords.changed(),
                                        passwords.demo()));
    }

    List<Api> apis() {
        return Stream.of(
                        identity.apis(),
                        placement.apis(),
                        image.apis(),
                        object.apis(),
                        network.apis(),
                        volume.apis(),
                        compute.apis())
                .flatMap(List::stream)
                .toList();
    }

    /** What hosts talk to. */
    Desk desk() {
        return new Desk(compute.desk(), volume.desk());
    }
}
