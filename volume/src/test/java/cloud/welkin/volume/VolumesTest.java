package cloud.welkin.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.testing.ApiTester.Response;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VolumesTest extends VolumesOnAHost {
    @Test
    void aVolumeIsMadeExtendedAndDeletedAsItsHostReports() {
        String id =
                create("'size': 2, 'name': 'v', 'metadata': {'a': 'b'}")
                        .expect(202)
                        .text("/volume/id");
        assertThat(status(id)).isEqualTo("creating");
        assertThat(converge()).hasSize(1);
        assertThat(status(id)).isEqualTo("available");
        assertThat(converge()).isEmpty();
        action(member, id, "{'os-extend': {'new_size': 3}}").expect(202);
        assertThat(status(id)).isEqualTo("extending");
        converge();
        assertThat(api.get(V3 + "/volumes/" + id).by(member).send().text("/volume/size"))
                .isEqualTo("3");
        action(member, id, "{'os-extend': {'new_size': 3}}").expect(400);
        api.delete(V3 + "/volumes/" + id).by(member).send().expect(202);
        assertThat(status(id)).isEqualTo("deleting");
        converge();
        api.get(V3 + "/volumes/" + id).by(member).send().expect(404);
        assertThat(service.desk().volumes(HOST)).isEmpty();
    }

    @Test
    void aVolumeThatCouldNotBeMadeIsInErrorAndCanBeDeleted() {
        String id = create("'size': 1").expect(202).text("/volume/id");
        fail();
        assertThat(status(id)).isEqualTo("error");
        api.delete(V3 + "/volumes/" + id).by(member).send().expect(202);
        converge();
        api.get(V3 + "/volumes/" + id).by(member).send().expect(404);
        String grown = made("'size': 1");
        action(member, grown, "{'os-extend': {'new_size': 9}}").expect(202);
        fail();
        assertThat(status(grown)).isEqualTo("error_extending");
    }

    @Test
    void aVolumeThatWasMadeOnceIsNeverAskedToBeMadeAgain() {
        made("'size': 1");
        assertThat(service.desk().volumes(HOST))
                .allSatisfy(it -> assertThat(it.generation()).isGreaterThan(1));
    }

    @Test
    void snapshotsAndCopiesTakeOverSizeAndKeepTheirSource() {
        String id = made("'size': 2");
        String snapshot =
                api.post(V3 + "/snapshots")
                        .by(member)
                        .json("{'snapshot': {'volume_id': '" + id + "', 'name': 's'}}")
                        .send()
                        .expect(202)
                        .text("/snapshot/id");
        action(member, id, "{'os-extend': {'new_size': 5}}");
        api.delete(V3 + "/volumes/" + id).by(member).send().expect(400);
        converge();
        assertThat(
                        api.get(V3 + "/snapshots/" + snapshot)
                                .by(member)
                                .send()
                                .expect(200)
                                .text("/snapshot/status"))
                .isEqualTo("available");
        create("'size': 1, 'snapshot_id': '" + snapshot + "'").expect(400);
        String copy = create("'snapshot_id': '" + snapshot + "'").expect(202).text("/volume/id");
        api.delete(V3 + "/snapshots/" + snapshot).by(member).send().expect(400);
        assertThat(converge())
                .singleElement()
                .satisfies(
                        it ->
                                assertThat(it.source())
                                        .contains(
                                                new DesiredVolume.Source.Snapshot(
                                                        UUID.fromString(snapshot))));
        String twin = create("'source_volid': '" + copy + "'").expect(202).text("/volume/id");
        api.delete(V3 + "/volumes/" + copy).by(member).send().expect(400);
        converge();
        assertThat(status(twin)).isEqualTo("available");
        api.delete(V3 + "/volumes/" + id).by(member).send().expect(400);
        api.delete(V3 + "/volumes/" + id + "?cascade=True").by(member).send().expect(202);
        converge();
        assertThat(
                        api.get(V3 + "/snapshots/detail")
                                .by(member)
                                .send()
                                .expect(200)
                                .json()
                                .at("/snapshots"))
                .isEmpty();
    }

    @Test
    void aVolumeFromAnImageIsBootableAndShowsWhereItIsFrom() {
        String image =
                api.post("/image/v2/images")
                        .by(member)
                        .json(
                                "{'name': 'i', 'disk_format': 'raw', 'container_format': 'bare', 'min_disk': 2}")
                        .send()
                        .expect(201)
                        .text("/id");
        create("'size': 2, 'imageRef': '" + image + "'").expect(400);
        api.put("/image/v2/images/" + image + "/file")
                .by(member)
                .body("application/octet-stream", new byte[100])
                .send()
                .expect(204);
        create("'size': 1, 'imageRef': '" + image + "'").expect(400);
        String id = create("'size': 2, 'imageRef': '" + image + "'").expect(202).text("/volume/id");
        assertThat(service.desk().pendingVolumes(HOST))
                .singleElement()
                .satisfies(
                        it ->
                                assertThat(it.source())
                                        .get()
                                        .isInstanceOf(DesiredVolume.Source.Image.class));
        converge();
        Response shown = api.get(V3 + "/volumes/" + id).by(member).send();
        assertThat(shown.text("/volume/bootable")).isEqualTo("true");
        assertThat(shown.text("/volume/volume_image_metadata/image_id")).isEqualTo(image);
    }

    @Test
    void computeReservesAttachesAndReleases() {
        String id = made("'size': 1");
        UUID server = UUID.randomUUID();
        var attachment =
                database.database()
                        .write(
                                tx ->
                                        service.reserve(
                                                tx,
                                                member,
                                                UUID.fromString(id),
                                                server,
                                                Optional.of("vdb")));
        assertThat(status(id)).isEqualTo("reserved");
        assertThatThrownBy(
                        () ->
                                database.database()
                                        .write(
                                                tx ->
                                                        service.reserve(
                                                                tx,
                                                                member,
                                                                UUID.fromString(id),
                                                                UUID.randomUUID(),
                                                                Optional.empty())))
                .isInstanceOf(Failure.class);
        api.delete(V3 + "/volumes/" + id).by(member).send().expect(400);
        database.database()
                .change(tx -> service.attached(tx, attachment.id(), "/dev/vdb", "alpha"));
        assertThat(status(id)).isEqualTo("in-use");
        assertThat(
                        api.get(V3 + "/volumes/detail")
                                .by(member)
                                .send()
                                .text("/volumes/0/attachments/0/server_id"))
                .isEqualTo(server.toString());
        api.delete(V3 + "/attachments/" + attachment.id())
                .header("OpenStack-API-Version", "volume 3.44")
                .by(member)
                .send()
                .expect(409);
        database.database().change(tx -> service.detaching(tx, attachment.id()));
        assertThat(status(id)).isEqualTo("detaching");
        database.database().change(tx -> service.release(tx, attachment.id()));
        database.database().change(tx -> service.release(tx, attachment.id()));
        assertThat(status(id)).isEqualTo("available");
        List<UUID> servers = List.of(server);
        List<Volumes.Attachment> left =
                database.database().read(tx -> service.attachmentsOf(tx, servers));
        assertThat(left).isEmpty();
    }

    @Test
    void theAttachmentsApiGoesFromReservedToInUse() {
        String id = made("'size': 1");
        String attachments = V3 + "/attachments";
        String version = "volume 3.44";
        String attachment =
                api.post(attachments)
                        .by(member)
                        .header("OpenStack-API-Version", version)
                        .json(
                                "{'attachment': {'volume_uuid': '"
                                        + id
                                        + "', 'instance_uuid': '"
                                        + UUID.randomUUID()
                                        + "'}}")
                        .send()
                        .expect(200)
                        .text("/attachment/id");
        api.post(attachments).by(member).json("{}").send().expect(404);
        api.put(attachments + "/" + attachment)
                .by(member)
                .header("OpenStack-API-Version", version)
                .json("{'attachment': {'connector': {'host': 'h'}}}")
                .send()
                .expect(200);
        assertThat(status(id)).isEqualTo("attaching");
        api.post(attachments + "/" + attachment + "/action")
                .by(member)
                .header("OpenStack-API-Version", version)
                .json("{'os-complete': {}}")
                .send()
                .expect(204);
        assertThat(status(id)).isEqualTo("in-use");
        api.delete(attachments + "/" + attachment)
                .by(member)
                .header("OpenStack-API-Version", version)
                .send()
                .expect(200);
        assertThat(status(id)).isEqualTo("available");
    }

    @Test
    void quotasAreKeptAndTold() {
        String project = member.requireProject().value();
        api.put(V3 + "/os-quota-sets/" + project)
                .by(admin)
                .json("{'quota_set': {'volumes': 1, 'gigabytes': 5}}")
                .send()
                .expect(200);
        create("'size': 6").expect(413);
        String id = made("'size': 5");
        assertThat(create("'size': 1").expect(413).text("/overLimit/message")).contains("quota");
        assertThat(
                        api.get(V3 + "/os-quota-sets/" + project + "?usage=true")
                                .by(member)
                                .send()
                                .expect(200)
                                .text("/quota_set/gigabytes/in_use"))
                .isEqualTo("5");
        assertThat(
                        api.get(V3 + "/limits")
                                .by(member)
                                .send()
                                .expect(200)
                                .text("/limits/absolute/totalVolumesUsed"))
                .isEqualTo("1");
        api.delete(V3 + "/volumes/" + id).by(member).send().expect(202);
        converge();
        made("'size': 1");
        api.put(V3 + "/os-quota-sets/" + project)
                .by(member)
                .json("{'quota_set': {'volumes': 9}}")
                .send()
                .expect(403);
    }

    @Test
    void othersDoNotSeeAVolume() {
        String id = made("'size': 1");
        Caller other = callers.inNewProject("member");
        api.get(V3 + "/volumes/" + id).by(other).send().expect(404);
        api.delete(V3 + "/volumes/" + id).by(other).send().expect(404);
        action(other, id, "{'os-extend': {'new_size': 3}}").expect(404);
        assertThat(api.get(V3 + "/volumes").by(other).send().expect(200).json().at("/volumes"))
                .isEmpty();
        assertThat(
                        api.get(V3 + "/volumes/detail?all_tenants=1")
                                .by(admin)
                                .send()
                                .expect(200)
                                .json()
                                .at("/volumes"))
                .hasSize(1);
        api.get(V3 + "/" + member.requireProject().value() + "/volumes")
                .by(other)
                .send()
                .expect(400);
        api.get(V3 + "/" + member.requireProject().value() + "/volumes")
                .by(member)
                .send()
                .expect(200);
        Caller reader = callers.inProject(member.requireProject(), "reader");
        api.delete(V3 + "/volumes/" + id).by(reader).send().expect(403);
    }

    @Test
    void listsAreFilteredSortedAndPaged() {
        for (String name : List.of("a", "b", "c")) {
            made("'size': 1, 'name': '" + name + "', 'metadata': {'k': '" + name + "'}");
        }
        Response first =
                api.get(V3 + "/volumes/detail?limit=2&sort=name:asc&with_count=true")
                        .header("OpenStack-API-Version", "volume 3.45")
                        .by(member)
                        .send()
                        .expect(200);
        assertThat(first.json().at("/volumes")).hasSize(2);
        assertThat(first.text("/count")).isEqualTo("3");
        String next = first.text("/volumes_links/0/href").replace("http://cloud.test", "");
        assertThat(api.get(next).by(member).send().expect(200).text("/volumes/0/name"))
                .isEqualTo("c");
        assertThat(
                        api.get(V3 + "/volumes?metadata=%7B%27k%27%3A+%27b%27%7D")
                                .by(member)
                                .send()
                                .expect(200)
                                .json()
                                .at("/volumes"))
                .hasSize(1);
        assertThat(
                        api.get(V3 + "/volumes?status=error")
                                .by(member)
                                .send()
                                .expect(200)
                                .json()
                                .at("/volumes"))
                .isEmpty();
        assertThat(
                        api.get(V3 + "/volumes/summary")
                                .header("OpenStack-API-Version", "volume 3.36")
                                .by(member)
                                .send()
                                .expect(200)
                                .text("/volume-summary/total_size"))
                .isEqualTo("3");
    }

    @Test
    void olderClientsSeeOlderVolumes() {
        made("'size': 1");
        assertThat(
                        api.get(V3 + "/volumes/detail")
                                .by(member)
                                .send()
                                .json()
                                .at("/volumes/0")
                                .has("volume_type_id"))
                .isFalse();
        assertThat(
                        api.get(V3 + "/volumes/detail")
                                .by(member)
                                .header("OpenStack-API-Version", "volume latest")
                                .send()
                                .json()
                                .at("/volumes/0")
                                .has("volume_type_id"))
                .isTrue();
        api.get(V3 + "/volumes")
                .by(member)
                .header("OpenStack-API-Version", "volume 3.99")
                .send()
                .expect(406);
    }

    @Test
    void typesAreMadeSharedAndDeleted() {
        assertThat(
                        api.get(V3 + "/types")
                                .by(member)
                                .send()
                                .expect(200)
                                .text("/volume_types/0/name"))
                .isEqualTo("__DEFAULT__");
        String id =
                api.post(V3 + "/types")
                        .by(admin)
                        .json(
                                "{'volume_type': {'name': 'fast', 'os-volume-type-access:is_public': false, 'extra_specs': {'multiattach': '<is> True'}}}")
                        .send()
                        .expect(200)
                        .text("/volume_type/id");
        create("'size': 1, 'volume_type': 'fast'").expect(404);
        api.post(V3 + "/types/" + id + "/action")
                .by(admin)
                .json(
                        "{'addProjectAccess': {'project': '"
                                + member.requireProject().value()
                                + "'}}")
                .send()
                .expect(202);
        String volume = made("'size': 1, 'volume_type': 'fast'");
        api.delete(V3 + "/types/" + id).by(admin).send().expect(400);
        for (int i = 0; i < 2; i++) {
            database.database()
                    .write(
                            tx ->
                                    service.reserve(
                                            tx,
                                            member,
                                            UUID.fromString(volume),
                                            UUID.randomUUID(),
                                            Optional.empty()));
        }
        api.post(V3 + "/types")
                .by(member)
                .json("{'volume_type': {'name': 'mine'}}")
                .send()
                .expect(403);
        api.post(V3 + "/types")
                .by(admin)
                .json("{'volume_type': {'name': 'fast'}}")
                .send()
                .expect(409);
    }

    @Test
    void nothingAClientSendsIsAnInternalError() {
        for (String fields :
                List.of(
                        "'size': 0",
                        "'size': -1",
                        "'size': 9223372036854775808",
                        "'size': 'x'",
                        "'size': 1.5",
                        "",
                        "'size': 1, 'name': 5",
                        "'size': 1, 'name': '\\u0000'",
                        "'size': 1, 'nonsense': 1",
                        "'size': 1, 'imageRef': 'x'",
                        "'size': 1, 'metadata': {'a': 1}",
                        "'size': 1, 'metadata': []",
                        "'size': 1, 'availability_zone': 'mars'")) {
            assertThat(create(fields).status()).as(fields).isEqualTo(400);
        }
        create("'size': 1, 'snapshot_id': '" + UUID.randomUUID() + "'").expect(404);
        create("'size': 1, 'volume_type': 'nope'").expect(404);
        api.get(V3 + "/volumes/nonsense").by(member).send().expect(404);
        api.get(V3 + "/volumes?marker=x").by(member).send().expect(404);
        api.get(V3 + "/volumes?limit=-1").by(member).send().expect(400);
        api.get(V3 + "/volumes?sort=nope").by(member).send().expect(400);
        String id = made("'size': 1");
        action(member, id, "{'os-nonsense': {}}").expect(400);
        action(member, id, "[]").expect(400);
        action(member, id, "{'os-extend': {'new_size': 'much'}}").expect(400);
        action(member, id, "{'os-reset_status': {'status': 'error'}}").expect(403);
        action(admin, id, "{'os-reset_status': {'status': 'error'}}").expect(400);
        assertThat(status(id)).isEqualTo("available");
        api.get("/volume/").send().expect(300);
        api.get("/volume/v3/").send().expect(200);
        api.get(V3 + "/os-services").by(admin).send().expect(200);
        api.get(V3 + "/scheduler-stats/get_pools?detail=true").by(admin).send().expect(200);
    }
}
