package cloud.welkin.image.store;

import static cloud.welkin.image.schema.Tables.MEMBERS;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Member;
import cloud.welkin.image.schema.tables.records.MembersRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** With whom images are shared. */
public final class MemberTable {
    public List<Member> of(Tx tx, UUID image) {
        return tx.sql()
                .selectFrom(MEMBERS)
                .where(MEMBERS.IMAGE_ID.eq(image))
                .orderBy(MEMBERS.CREATED_AT, MEMBERS.MEMBER)
                .fetch(MemberTable::member);
    }

    public Optional<Member> find(Tx tx, UUID image, String project) {
        return tx.sql()
                .selectFrom(MEMBERS)
                .where(MEMBERS.IMAGE_ID.eq(image).and(MEMBERS.MEMBER.eq(project)))
                .fetchOptional(MemberTable::member);
    }

    public int count(Tx tx, UUID image) {
        return tx.sql().fetchCount(MEMBERS, MEMBERS.IMAGE_ID.eq(image));
    }

    /**
     * @return false when the project is a member already
     */
    public boolean insert(Tx tx, Member member) {
        return tx.sql()
                        .insertInto(MEMBERS)
                        .set(MEMBERS.IMAGE_ID, member.image())
                        .set(MEMBERS.MEMBER, member.project())
                        .set(MEMBERS.STATUS, member.status())
                        .set(MEMBERS.CREATED_AT, member.createdAt())
                        .set(MEMBERS.UPDATED_AT, member.updatedAt())
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    public void setStatus(Tx tx, UUID image, String project, String status, Instant now) {
        tx.sql()
                .update(MEMBERS)
                .set(MEMBERS.STATUS, status)
                .set(MEMBERS.UPDATED_AT, now)
                .where(MEMBERS.IMAGE_ID.eq(image).and(MEMBERS.MEMBER.eq(project)))
                .execute();
    }

    public boolean delete(Tx tx, UUID image, String project) {
        return tx.sql()
                        .deleteFrom(MEMBERS)
                        .where(MEMBERS.IMAGE_ID.eq(image).and(MEMBERS.MEMBER.eq(project)))
                        .execute()
                == 1;
    }

    private static Member member(MembersRecord row) {
        return new Member(
                row.getImageId(),
                row.getMember(),
                row.getStatus(),
                row.getCreatedAt(),
                row.getUpdatedAt());
    }
}
